<?php
/* @oracle {"calls": [{"function": "f", "args": [1]}, {"function": "f", "args": ["x"]}]} */
function f(int|string $v): string
{
    return is_int($v) ? "int $v" : "string $v";
}
