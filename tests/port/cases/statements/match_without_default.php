<?php
/* @oracle {"calls": [{"function": "f", "args": ["a"]}, {"function": "f", "args": ["z"]}]} */
function f(string $s)
{
    return match ($s) { 'a' => 1, 'b' => 2 };
}
