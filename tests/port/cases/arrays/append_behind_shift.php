<?php
/* @oracle {"calls": [{"function": "shifted", "args": []}, {"function": "given", "args": [{"3": "a", "9": "b", "k": "c"}]}]} */
function shifted()
{
    $a = [1 => 'a', 5 => 'b', 'k' => 'c', 9 => 'd'];
    $first = array_shift($a);
    $a[] = 'e';
    return [$first, $a];
}

function given(array $rows)
{
    array_shift($rows);
    array_shift($rows);
    $rows[] = 'new';
    return $rows;
}
