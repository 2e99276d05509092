<?php
/* @oracle {"calls": [{"function": "shown", "args": ["a"]}, {"function": "shown", "args": ["Az"]}, {"function": "shown", "args": ["zZ9"]}, {"function": "shown", "args": ["5"]}, {"function": "shown", "args": ["5.5"]}, {"function": "shown", "args": [null]}, {"function": "shown", "args": ["no-9"]}, {"function": "shown", "args": [""]}, {"function": "shown", "args": [1.5]}, {"function": "shown", "args": [9223372036854775807]}]} */
function shown($v)
{
    $w = $v;
    $w++;
    echo json_encode($w);
    $w = $v;
    ++$w;
    echo json_encode($w);
    $w = $v;
    $w--;
    echo json_encode($w), "\n";
    $counts = [];
    foreach (['a', 'b', 'a'] as $key) {
        $counts[$key] = ($counts[$key] ?? 0) + 1;
    }
    echo json_encode($counts);
}
