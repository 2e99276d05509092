<?php
/* @oracle {"answers": [{}]} */
$base = ['mchid' => '1', 'currency' => 'CNY'];
$instance->chain('v3/pay/transactions/native')->post(['json' => ['currency' => 'USD'] + $base]);
