<?php
/* @oracle {"calls": [{"function": "f", "args": [["a", "b"], {"n": [1]}]}]} */
function f(array $a, array $b)
{
    $a[count($a)] = 'c';
    $a[$a[0] . 'x'] = $a[1];
    $b['n'][count($b['n'])] = 2;
    $b[$b['n'][0]][count($b)] = 3;
    echo array_sum(['1', 'b', '2.5x', [7], null]);
    return [$a, $b];
}
