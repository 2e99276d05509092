<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_by_match", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_by_match($instance, $text)
{
    $answer = json_decode($text);
    $first = match (true) {
        default => $answer->list[0],
    };
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
