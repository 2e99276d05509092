<?php
/* @oracle {"calls": [{"function": "f", "args": [["a","b"]]}]} */
function f(array $a)
{
    unset($a['sign']);
    $a[] = 'c';
    $b = $a;
    unset($b[0]);
    $b = array_values($b);
    $b[] = 'd';
    echo json_encode([$a, $b]);
    foreach ([1, 2] as $i) {
        $c = [];
        $c[] = $i;
        unset($c[0]);
    }
    echo json_encode($c);
}
