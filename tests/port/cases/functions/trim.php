<?php
/* @oracle {"calls": [{"function": "f", "args": ["  abc\n"]}, {"function": "f", "args": ["xxabcxx"]}, {"function": "f", "args": ["abcba"]}]} */
function f(string $s)
{
    return [trim($s), ltrim($s), rtrim($s), trim($s, 'x'), trim($s, 'a..c'), rtrim($s, "\n x"), chop($s)];
}
