<?php
/* @oracle {"calls": [{"function": "f", "args": [1]}, {"function": "f", "args": [2]}, {"function": "f", "args": [3]}, {"function": "f", "args": ["1"]}, {"function": "f", "args": [9]}]} */
function f($n)
{
    $out = '';
    switch ($n) {
        case 1:
            $out .= 'one ';
        case 2:
            $out .= 'two ';
            break;
        default:
            $out .= 'default ';
        case 3:
            $out .= 'three ';
    }
    return $out;
}
