<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_of_values", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_of_values($instance, $text)
{
    $answer = json_decode($text);
    $all = array_values($answer->list);
    $first = $all[0];
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
