<?php
/* @oracle {"answers": [{}], "calls": [{"function": "items_of_a_list", "args": ["@instance", "{\"fee\":1}"]}]} */

function items_of_a_list($instance, $text)
{
    $order = json_decode($text);
    $all = [$order];
    foreach ($all as $item) {
        $item->fee = 9;
    }
    $instance->chain('v3/x')->post(['json' => $order]);
}
