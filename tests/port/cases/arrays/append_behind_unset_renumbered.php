<?php
/* @oracle {"calls": [{"function": "kept", "args": [["a", "b", "c"]]}]} */
function without(array $a, int $key)
{
    unset($a[$key]);
    return $a;
}
function kept(array $a)
{
    $b = array_values(without($a, 2));
    $b[] = 'd';
    $c = ['rows' => without($a, 2)];
    $c[] = 'e';
    return [$b, $c];
}
