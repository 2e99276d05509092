<?php
/* @oracle {"answers": [{}]} */
$instance->chain('v3/pay/transactions/native')->post(['json' => ['mchid' => '1', 'headers' => ['Wechatpay-Serial' => 'X']]]);
