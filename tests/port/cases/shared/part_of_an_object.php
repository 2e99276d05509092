<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_of_an_object", "args": ["@instance"]}]} */

function part_of_an_object($instance)
{
    $order = new \stdClass();
    $order->amount = new \stdClass();
    $amount = $order->amount;
    $amount->total = 5;
    $instance->chain('v3/x')->post(['json' => $order]);
}
