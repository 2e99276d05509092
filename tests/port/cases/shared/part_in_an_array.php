<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_in_an_array", "args": ["@instance"]}]} */

function part_in_an_array($instance)
{
    $order = new \stdClass();
    $order->amount = new \stdClass();
    $all = ['k' => $order->amount];
    $order->amount->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
