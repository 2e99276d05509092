<?php
/* @oracle {"calls": [{"function": "first", "args": ["abc", 1]}, {"function": "first", "args": [["中", "文"], -1]}, {"function": "first", "args": [["中", "文"], 1]}, {"function": "rows", "args": [[["中", 1], ["b", 2]]]}] } */
function first($value, $at)
{
    return [$value[0], $value[$at] ?? 'none'];
}

function rows($rows)
{
    $all = [];
    foreach ($rows as $i => $row) {
        $all[] = [$row[0], $rows[$i][1], array_map(fn ($x) => $x[0], $rows)];
    }
    return $all;
}
