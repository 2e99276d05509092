<?php
/* @oracle {"calls": [{"function": "f", "args": ["1"]}, {"function": "f", "args": [1]}, {"function": "f", "args": ["abc"]}, {"function": "f", "args": [null]}, {"function": "f", "args": [0]}]} */
function f($v)
{
    return [in_array($v, [1, 2, 3]), in_array($v, ['1', 'abc'], true), in_array($v, ['a', '']), array_search($v, ['x', '1', 1])];
}
