<?php
/* @oracle {"calls": [{"function": "literal", "args": []}, {"function": "given", "args": [{"1": "a", "5": "b"}]}, {"function": "set", "args": [7]}]} */
function literal()
{
    $a = [1 => 'a', 5 => 'b'];
    array_pop($a);
    $a[] = 'c';
    return $a;
}

function given(array $rows)
{
    $last = array_pop($rows);
    $rows[] = $last . '!';
    return $rows;
}

function set(int $at)
{
    $all = ['x'];
    $all[$at] = 'y';
    array_pop($all);
    $copy = $all;
    $copy[] = 'z';
    return $copy;
}
