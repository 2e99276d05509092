<?php
/* @oracle {"calls": [{"function": "copied", "args": [["a", "b", "c"]]}]} */
function copied(array $a)
{
    unset($a[2]);
    $b = $a;
    $b[] = 'd';
    return $b;
}
