<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_of_a_part", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_of_a_part($instance, $text)
{
    $answer = json_decode($text);
    $list = $answer->list;
    $first = $list[0];
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
