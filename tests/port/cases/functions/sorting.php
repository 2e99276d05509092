<?php
/* @oracle {} */
$a = ['b' => 3, 'a' => 1, 'c' => 2];
asort($a); echo json_encode($a);
arsort($a); echo json_encode($a);
ksort($a); echo json_encode($a);
krsort($a); echo json_encode($a);
$l = [3, 10, 2, '1'];
sort($l); echo json_encode($l);
rsort($l); echo json_encode($l);
usort($l, function ($x, $y) { return $x <=> $y; }); echo json_encode($l);
$s = ['b10', 'b9', 'B1'];
sort($s); echo json_encode($s);
natsort($s); echo json_encode(array_values($s));
$n = ['10', '9', '1e1', 'x'];
sort($n); echo json_encode($n);
sort($n, SORT_STRING); echo json_encode($n);
