<?php
/* @oracle {"answers": [{}]} */
$params = [];
$params['mchid'] = '1';
$params['amount']['total'] = 100;
$params['amount']['currency'] = 'CNY';
$instance->chain('v3/pay/transactions/native')->post(['json' => $params]);
