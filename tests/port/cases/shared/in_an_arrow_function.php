<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_an_arrow_function", "args": ["@instance"]}]} */

function in_an_arrow_function($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = fn () => [$order];
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all()]);
}
