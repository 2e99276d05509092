<?php
/* @oracle {"calls": [{"function": "f", "args": ["SUCCESS"]}, {"function": "f", "args": ["NOTPAY"]}, {"function": "f", "args": ["x"]}, {"function": "g", "args": [1]}, {"function": "g", "args": ["1"]}]} */
function f(string $state): string
{
    return match ($state) {
        'SUCCESS', 'REFUND' => 'paid',
        'NOTPAY' => 'open',
        default => 'other',
    };
}

function g($n)
{
    return match (true) {
        $n === 1 => 'one',
        default => 'else',
    };
}
