<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_by_condition", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_by_condition($instance, $text)
{
    $answer = json_decode($text);
    $first = $text ? $answer->list[0] : null;
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
