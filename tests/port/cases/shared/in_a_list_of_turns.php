<?php
/* @oracle {"answers": [{}], "calls": [{"function": "in_a_list_of_turns", "args": ["@instance"]}]} */

function in_a_list_of_turns($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $all = [];
    foreach ([1, 2] as $fee) {
        $order->fee = $fee;
        $all[] = $order;
    }
    $instance->chain('v3/x')->post(['json' => $all]);
}
