<?php
/* @oracle {"calls": [{"function": "stack", "args": [[1, 2, 3]]}, {"function": "last", "args": [[1, 0, 0, 5]]}, {"function": "again", "args": [[1, 0, 5]]}]} */
function stack(array $rows)
{
    $all = [];
    foreach ($rows as $row) {
        $all[] = $row;
        array_pop($all);
        $all[] = -$row;
    }
    return $all;
}

function last(array $rows)
{
    $kept = array_filter($rows);
    return [array_pop($kept), $kept];
}

function again(array $rows)
{
    $kept = array_values(array_filter($rows));
    array_pop($kept);
    $kept[] = 7;
    return $kept;
}
