<?php
/* @oracle {"calls": [{"function": "grade", "args": [true, {"paid": true}]}, {"function": "grade", "args": [1, {"paid": false}]}, {"function": "grade", "args": ["x", {"paid": true}]}, {"function": "grade", "args": [null, {}]}]} */
function grade($flag, array $order)
{
    return match (true) {
        $flag => 'flag',
        $order['paid'] ?? null => 'paid',
        count($order) > 0, $flag === 1 => 'some',
        default => 'none',
    };
}
