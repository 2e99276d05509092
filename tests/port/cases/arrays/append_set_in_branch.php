<?php
/* @oracle {"calls": [{"function": "f", "args": [["a", "b", "c"], false]}]} */
function f(array $a, bool $again)
{
    unset($a[2]);
    if ($again) {
        $a = [];
    }
    $a[] = 'd';
    return $a;
}
