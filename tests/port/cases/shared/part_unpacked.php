<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_unpacked", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_unpacked($instance, $text)
{
    $answer = json_decode($text);
    [$first] = $answer->list;
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
