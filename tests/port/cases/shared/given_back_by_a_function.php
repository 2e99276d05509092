<?php
/* @oracle {"answers": [{}], "calls": [{"function": "send", "args": ["@instance", "{\"fee\":1}"]}]} */

function same($order, ...$others)
{
    return $others ? $others[0] : $order;
}

function send($instance, $text)
{
    $order = json_decode($text);
    $same = same(null, $order);
    $same->fee = 9;
    $instance->chain("v3/x")->post(["json" => $order]);
}
