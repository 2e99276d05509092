<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_an_array", "args": ["@instance"]}]} */

function in_an_array($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = ['orders' => [$order]];
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
