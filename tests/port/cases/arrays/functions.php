<?php
/* @oracle {"answers": [{}]} */
$in = ['b' => 2, 'a' => 1, 'c' => null];
$out = [
    'keys' => array_keys($in),
    'values' => array_values($in),
    'filter' => array_filter($in),
    'map' => array_map(function ($v) { return $v . '!'; }, ['x', 'y']),
    'in' => in_array('1', [1, 2]),
    'strict' => in_array('1', [1, 2], true),
    'column' => array_column([['id' => 1, 'n' => 'a'], ['id' => 2, 'n' => 'b']], 'n', 'id'),
    'exists' => array_key_exists('c', $in),
    'isset' => isset($in['c']),
    'sum' => array_sum([1, 2.5]),
    'slice' => array_slice([1, 2, 3, 4], 1, 2),
    'reverse' => array_reverse([1, 2, 3]),
    'unique' => array_values(array_unique([1, '1', 2])),
    'flip' => array_flip(['a', 'b']),
    'combine' => array_combine(['a', 'b'], [1, 2]),
    'fill' => array_fill_keys(['a', 'b'], 0),
];
ksort($in);
$out['ksort'] = $in;
$instance->chain('v3/pay/transactions/native')->post(['json' => $out]);
