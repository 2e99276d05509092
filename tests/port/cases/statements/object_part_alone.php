<?php
/* @oracle {"runs": [{"answers": [{}], "calls": [{"function": "not_behind", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]}]} */

function not_behind($instance, $text)
{
    $answer = json_decode($text);
    $first = $answer->list[0];
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $first]);
}
