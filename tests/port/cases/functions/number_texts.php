<?php
/* @oracle {"calls": [{"function": "shown", "args": ["12abc"]}, {"function": "shown", "args": ["1e3"]}, {"function": "shown", "args": [" 42 "]}, {"function": "shown", "args": ["0x1A"]}, {"function": "shown", "args": ["-0.5"]}, {"function": "shown", "args": [".5"]}, {"function": "shown", "args": ["9223372036854775808"]}, {"function": "shown", "args": ["1.99"]}, {"function": "shown", "args": [19.99]}, {"function": "shown", "args": [1.005]}, {"function": "shown", "args": [0.285]}, {"function": "shown", "args": [true]}, {"function": "shown", "args": [""]}, {"function": "shown", "args": ["abc"]}, {"function": "shown", "args": ["-1.5"]}, {"function": "shown", "args": [1234567.891]}, {"function": "shown", "args": [-0.4]}, {"function": "shown", "args": [2.5]}, {"function": "shown", "args": [-2.5]}, {"function": "shown", "args": [1e15]}, {"function": "shown", "args": [1e16]}, {"function": "shown", "args": [0.1]}]} */
function shown($v)
{
    echo intval($v), '|', (int) $v, '|', (float) $v, '|', floatval($v), '|', is_numeric($v) ? 'n' : '-', '|';
    try { echo $v * 100, '|', (int) ($v * 100), '|', round($v * 100), '|', $v + 1, '|'; } catch (\TypeError $e) { echo 'T|'; }
    try { echo bcmul((string) $v, '100', 0), '|', bcadd((string) $v, '1', 2), '|'; } catch (\ValueError $e) { echo 'V|'; }
    try { echo round($v, 1), '|', round($v, -1), '|', floor($v), '|', ceil($v), '|'; } catch (\TypeError $e) { echo 'T|'; }
    try { echo number_format($v, 2), '|', number_format($v), '|', number_format($v, 2, '.', ''), '|'; } catch (\TypeError $e) { echo 'T|'; }
    echo sprintf('%d|%s|%.2f|%05d|%5s|%-5s|%x|%b|%e|%u|%c|%%|%\'*10s|%+d', $v, $v, $v, $v, $v, $v, $v, $v, $v, 3, 65, $v, $v), '|';
    echo var_export($v, true), json_encode($v), '|', $v ? 't' : 'f', '|', empty($v) ? 'e' : 'n', "\n";
    try { echo $v % 7, '|', intdiv((int) $v, 2), '|', -$v, '|', $v ** 2, "\n"; } catch (\TypeError $e) { echo "T\n"; }
    $w = $v;
    try { $w++; echo json_encode($w), "\n"; } catch (\TypeError $e) { echo "T\n"; }
}
