<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_a_merged_array", "args": ["@instance"]}]} */

function in_a_merged_array($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = array_merge([], ['k' => $order]);
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $all]);
}
