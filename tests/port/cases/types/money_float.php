<?php
/* @oracle {"define": {"yuan": 19.99}, "answers": [{}]} */
$instance->chain('v3/pay/transactions/native')->post(['json' => ['amount' => ['total' => (int) round($yuan * 100)]]]);
