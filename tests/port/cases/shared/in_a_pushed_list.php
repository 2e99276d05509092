<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_a_pushed_list", "args": ["@instance"]}]} */

function in_a_pushed_list($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = [];
    array_push($all, $order);
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
