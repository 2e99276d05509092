<?php
/* @oracle {"answers": [{}]} */
[[$a, $b], $c] = [[1, 2], 3];
['amount' => ['total' => $total, 'currency' => $currency], 'id' => $id] = ['id' => 'x', 'amount' => ['total' => 5, 'currency' => 'CNY']];
list($d, list(, $e)) = ['d', ['skipped', 'e']];
[$f, [$g]] = ['f', 'text'];
[$h] = 'text';
[$i, [$j, [$k]]] = ['i', ['j']];
foreach ([[1, ['x' => 'one']], [2, ['x' => 'two']], [3, null]] as [$n, ['x' => $word]]) {
    echo $n, '-', $word, "\n";
}
foreach (['k' => ['v' => [7, 8]]] as $key => ['v' => [$first, $second]]) {
    echo $key, $first, $second, "\n";
}
[$a, $b] = [$b, $a];
$rows = [];
[$rows['one'], $rows['two'][]] = [1, 2];
echo json_encode([$a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $rows]), "\n";
$instance->chain('v3/pay/transactions/native')->post(['json' => compact('total', 'currency', 'id')]);
