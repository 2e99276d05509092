<?php
/* @oracle {"calls": [{"function": "f", "args": ["12abc"]}, {"function": "f", "args": ["1e3"]}, {"function": "f", "args": [" 7"]}, {"function": "f", "args": [3.99]}, {"function": "f", "args": [-3.99]}, {"function": "f", "args": [true]}, {"function": "f", "args": [null]}, {"function": "f", "args": ["0x1A"]}]} */
function f($v)
{
    return [(int) $v, (float) $v, (string) $v, (bool) $v, intval($v), floatval($v), strval($v), (array) $v];
}
