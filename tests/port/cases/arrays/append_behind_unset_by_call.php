<?php
/* @oracle {"calls": [{"function": "f", "args": [["a", "b", "c"]]}]} */
function without(array $a, int $key)
{
    unset($a[$key]);
    return $a;
}
function f(array $a)
{
    $b = without($a, 2);
    $b[] = 'd';
    return $b;
}
