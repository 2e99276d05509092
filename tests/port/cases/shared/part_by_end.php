<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_by_end", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_by_end($instance, $text)
{
    $answer = json_decode($text);
    $first = end($answer->list);
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
