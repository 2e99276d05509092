<?php
/* @oracle {"calls": [{"function": "f", "args": [["a", "b", "c"]]}]} */
function f(array $a)
{
    unset($a[2]);
    array_push($a, 'd');
    return $a;
}
