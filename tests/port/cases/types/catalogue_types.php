<?php
/* @oracle {"define": {"no": "N", "total": 100, "openid": "o1"}, "answers": [{}]} */
$instance->chain('v3/pay/transactions/jsapi')->post(['json' => [
    'out_trade_no' => $no,
    'amount' => ['total' => $total],
    'payer' => ['openid' => $openid],
]]);
