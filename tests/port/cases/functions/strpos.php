<?php
/* @oracle {"calls": [{"function": "f", "args": ["abcabc", "b"]}, {"function": "f", "args": ["abc", "z"]}, {"function": "f", "args": ["bcd", "b"]}]} */
function f(string $s, string $needle)
{
    return [strpos($s, $needle), strpos($s, $needle, 2), strrpos($s, $needle), stripos($s, strtoupper($needle)), str_contains($s, $needle), strpos($s, $needle) !== false, strstr($s, $needle), str_starts_with($s, $needle)];
}
