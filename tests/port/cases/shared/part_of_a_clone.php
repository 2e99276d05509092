<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_of_a_clone", "args": ["@instance"]}]} */

function part_of_a_clone($instance)
{
    $order = new \stdClass();
    $order->amount = new \stdClass();
    $copy = clone $order;
    $copy->amount->total = 5;
    $instance->chain('v3/x')->post(['json' => $order]);
}
