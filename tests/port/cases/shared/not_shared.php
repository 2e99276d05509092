<?php
/* @oracle {"runs": [
    {"answers": [{}], "calls": [{"function": "another_part", "args": ["@instance", "{\"id\":1,\"amount\":{\"fee\":1}}"]}]},
    {"answers": [{}], "calls": [{"function": "not_used_behind", "args": ["@instance", "{\"list\":[{\"fee\":1}]}"]}]},
    {"answers": [{}], "calls": [{"function": "anew_in_each_turn", "args": ["@instance", "{\"fee\":1}"]}]},
    {"answers": [{}], "calls": [{"function": "copied", "args": ["@instance", "{\"fee\":1}"]}]}
]} */

function another_part($instance, $text)
{
    $order = json_decode($text);
    $id = $order->id ?? 0;
    $order->status = 'PAID';
    $order->amount->fee = 2;
    $instance->chain('v3/x')->post(['json' => ['id' => $id, 'order' => $order]]);
}

function not_used_behind($instance, $text)
{
    $answer = json_decode($text);
    $first = $answer->list[0] ?? new \stdClass();
    $first->fee = 9;
    $instance->chain('v3/x')->post(['json' => $first]);
}

function anew_in_each_turn($instance, $text)
{
    $all = [];
    foreach ([1, 2] as $fee) {
        if ($fee > 1) {
            $order = json_decode($text);
        } else {
            $order = new \stdClass();
        }
        $order->fee = $fee;
        $all[] = $order;
    }
    $instance->chain('v3/x')->post(['json' => $all]);
}

function copied($instance, $text)
{
    $order = json_decode($text);
    $copy = clone $order;
    $copy->fee = 2;
    $fields = (array) $order;
    $order->fee = 3;
    $instance->chain('v3/x')->post(['json' => [$copy, $fields, $order]]);
}
