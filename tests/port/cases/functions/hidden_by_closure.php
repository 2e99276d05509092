<?php
/* @oracle {"answers": [{}], "calls": [{"function": "send", "args": ["@instance", 5]}]} */
function total($x)
{
    return $x * 2;
}

function same($x)
{
    return $x;
}

function send($instance, $amount)
{
    $total = fn($x) => $x * 3;
    $instance->chain('v3/refund/domestic/refunds')->post(['json' => [
        'function' => total($amount),
        'closure' => $total($amount),
        'same' => same($amount),
    ]]);
}
