<?php
/* @oracle {"calls": [{"function": "pay", "args": ["@instance", "N", 100]}, {"function": "pay", "args": ["@instance", "N", 0]}], "answers": [{}]} */
function pay($instance, $no, $total)
{
    if (!$total) {
        return;
    }
    $instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no, 'amount' => ['total' => $total]]]);
}
