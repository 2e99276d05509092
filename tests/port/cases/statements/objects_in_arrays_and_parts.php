<?php
/* @oracle {"runs": [
    {"answers": [{}], "calls": [{"function": "in_an_array", "args": ["@instance"]}]},
    {"answers": [{}], "calls": [{"function": "of_an_object", "args": ["@instance"]}]},
    {"answers": [{}], "calls": [{"function": "of_an_answer", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]}
]} */

function in_an_array($instance)
{
    $order = new \stdClass();
    $order->fee = 1;
    $body = ['orders' => [$order]];
    $order->fee = 2;
    $instance->chain('v3/x')->post(['json' => $body]);
}

function of_an_object($instance)
{
    $order = new \stdClass();
    $order->amount = new \stdClass();
    $amount = $order->amount;
    $amount->total = 5;
    $instance->chain('v3/x')->post(['json' => $order]);
}

function of_an_answer($instance, $text)
{
    $answer = json_decode($text);
    $first = $answer->list[0];
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $answer]);
}
