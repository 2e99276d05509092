<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_compact", "args": ["@instance"]}]} */

function in_compact($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = compact('order');
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
