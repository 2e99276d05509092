<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_a_sum_of_arrays", "args": ["@instance"]}]} */

function in_a_sum_of_arrays($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = ['x' => 1] + ['k' => $order];
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
