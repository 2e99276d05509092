<?php
/* @oracle {"runs": [{"define": {"total": 100}, "answers": [{}]}, {"define": {"total": 0}, "answers": []}]} */
if (!$total) {
    return;
}
$instance->chain('v3/pay/transactions/native')->post(['json' => ['amount' => ['total' => $total]]]);
