<?php
/* @oracle {"calls": [{"function": "shown", "args": ["12abc"]}, {"function": "shown", "args": [""]}, {"function": "shown", "args": [" 7 "]}, {"function": "shown", "args": ["-1e2"]}, {"function": "shown", "args": [null]}, {"function": "shown", "args": [true]}, {"function": "shown", "args": [[]]}, {"function": "shown", "args": ["-0"]}]} */
function shown($v)
{
    try {
        var_dump(abs($v));
    } catch (\TypeError $e) {
        echo 'abs ';
    }
    try {
        var_dump(round($v), round($v, 1));
    } catch (\TypeError $e) {
        echo 'round ';
    }
    try {
        var_dump(floor($v));
    } catch (\TypeError $e) {
        echo 'floor ';
    }
    try {
        var_dump(ceil($v), number_format($v));
    } catch (\TypeError $e) {
        echo 'ceil ';
    }
    echo json_encode(floatval($v));
}
