<?php
/* @oracle {"runs": [
    {"answers": [{}, {}, {}], "calls": [{"function": "nested", "args": ["@instance", [1, 2, 3]]}]},
    {"answers": [{}, {}], "calls": [{"function": "in_turn", "args": ["@instance", ["a", "b"]]}]}
]} */

function nested($instance, array $numbers)
{
    foreach ($numbers as $n) {
        foreach (['a' => 7, 'b' => $n * 10] as $key => $n) {
            echo $key;
        }
        $instance->chain('v3/x')->post(['json' => ['n' => $n]]);
    }
}

function in_turn($instance, array $list)
{
    $unread = implode(',', $list);
    foreach ($list as $one) {
        echo $one;
    }
    foreach ($list as $unread => $one) {
        $instance->chain('v3/x')->post(['json' => ['one' => $one]]);
    }
}
