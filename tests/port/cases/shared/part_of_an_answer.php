<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_of_an_answer", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_of_an_answer($instance, $text)
{
    $answer = json_decode($text);
    $first = $answer->list[0];
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
