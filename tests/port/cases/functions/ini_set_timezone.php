<?php
/* @oracle {"answers": [{}]} */
date_default_timezone_set('Asia/Shanghai');
ini_set('date.timezone', 'Asia/Shanghai');
$instance->chain('v3/pay/transactions/native')->post(['json' => ['time_expire' => date('Y-m-d', 86400 * 365)]]);
