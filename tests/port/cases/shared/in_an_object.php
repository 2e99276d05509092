<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_an_object", "args": ["@instance"]}]} */

function in_an_object($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = (object) ['in' => $order];
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
