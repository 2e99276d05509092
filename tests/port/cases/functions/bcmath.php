<?php
/* @oracle {"define": {"yuan": "19.99"}, "answers": [{}]} */
$total = (int) ($yuan * 1000 / 10);
$instance->chain('v3/pay/transactions/native')->post(['json' => ['amount' => ['total' => $total]]]);
