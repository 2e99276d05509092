<?php
/* @oracle {"answers": [{}], "calls": [{"function": "part_in_a_loop", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]} */

function part_in_a_loop($instance, $text)
{
    $answer = json_decode($text);
    $s = '';
    for ($i = 0; $i < 2; $i++) {
        $s .= json_encode($answer);
        $first = $answer->list[0];
        $first->fee = 9;
    }
    $instance->chain('v3/x')->post(['json' => ['s' => $s]]);
}
