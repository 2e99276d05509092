<?php
/* @oracle {"calls": [{"function": "f", "args": [1, 0]}, {"function": "f", "args": [6, 3]}, {"function": "f", "args": [1, 3]}]} */
function f(int $a, int $b)
{
    try {
        return $a / $b;
    } catch (\DivisionByZeroError $e) {
        return $e->getMessage();
    }
}
