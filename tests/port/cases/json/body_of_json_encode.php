<?php
/* @oracle {"answers": [204]} */
$instance->chain('v3/pay/transactions/out-trade-no/1/close')->post(['body' => json_encode(['mchid' => '1', 'url' => 'https://e.com']), 'headers' => ['Content-Type' => 'application/json; charset=utf-8']]);
