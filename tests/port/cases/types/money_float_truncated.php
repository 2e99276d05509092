<?php
/* @oracle {"runs": [{"define": {"yuan": 19.99}, "answers": [{}]}, {"define": {"yuan": 0.57}, "answers": [{}]}, {"define": {"yuan": 8.2}, "answers": [{}]}]} */
$instance->chain('v3/pay/transactions/native')->post(['json' => ['amount' => ['total' => (int) ($yuan * 100)]]]);
