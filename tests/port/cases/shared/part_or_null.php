<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_or_null", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_or_null($instance, $text)
{
    $answer = json_decode($text);
    $first = $answer->list[0] ?? null;
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
