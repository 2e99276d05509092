<?php
/* @oracle {"calls": [{"function": "sorted", "args": [[{"n": 3, "p": 1.5}, {"n": 1, "p": 1.9}, {"n": 2, "p": 4.25}]]}]} */
function sorted(array $rows)
{
    usort($rows, function ($a, $b) {
        return $a['n'] - $b['n'];
    });
    $first = $rows;
    usort($rows, function ($a, $b) {
        return $b['p'] * 2 - $a['p'] * 2;
    });
    $second = $rows;
    usort($rows, function ($a, $b) {
        if ($a['n'] === 1) {
            return -1;
        }
        return $b['n'] === 1 ? 1 : $b['n'] - $a['n'];
    });
    return [$first, $second, $rows];
}
