<?php
/* @oracle {"answers": [{}]} */
$params = ['mchid' => 'mine', 'appid' => 'wx1'];
$params += ['mchid' => 'default', 'notify_url' => 'https://example.com'];
$instance->chain('v3/pay/transactions/native')->post(['json' => $params]);
