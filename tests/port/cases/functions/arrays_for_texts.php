<?php
/* @oracle {"calls": [{"function": "shown", "args": [["a"], "x"]}, {"function": "shown", "args": ["b", "x"]}, {"function": "shown", "args": [null, "x"]}, {"function": "shown", "args": [true, "x"]}, {"function": "shown", "args": [1.5, "x"]}]} */
function shown($value, $other)
{
    try { echo strlen($value), "\n"; } catch (\TypeError $e) { echo "T1\n"; }
    try { echo trim($value), "\n"; } catch (\TypeError $e) { echo "T2\n"; }
    try { echo md5($value), "\n"; } catch (\TypeError $e) { echo "T3\n"; }
    try { echo strtoupper($value), "\n"; } catch (\TypeError $e) { echo "T4\n"; }
    try { echo substr($value, 0, 3), "\n"; } catch (\TypeError $e) { echo "T5\n"; }
    try { echo urlencode($value), "\n"; } catch (\TypeError $e) { echo "T6\n"; }
    try { echo base64_encode($value), "\n"; } catch (\TypeError $e) { echo "T7\n"; }
    try { echo strpos($value, 'b') === 0 ? 'y' : 'n', "\n"; } catch (\TypeError $e) { echo "T8\n"; }
    try { echo json_encode(json_decode($value)), "\n"; } catch (\TypeError $e) { echo "T9\n"; }
    try { echo json_encode(explode(',', $value)), "\n"; } catch (\TypeError $e) { echo "T10\n"; }
    try { echo str_pad($value, 5, '0', STR_PAD_LEFT), "\n"; } catch (\TypeError $e) { echo "T11\n"; }
    try { echo ucfirst($value), "\n"; } catch (\TypeError $e) { echo "T12\n"; }
    try { echo count($value), "\n"; } catch (\TypeError $e) { echo "T13\n"; }
    try { echo implode(',', $value), "\n"; } catch (\TypeError $e) { echo "T14\n"; }
    try { echo intval($value), "\n"; } catch (\TypeError $e) { echo "T15\n"; }
    try { echo json_encode(array_keys($value)), "\n"; } catch (\TypeError $e) { echo "T17\n"; }
    try { echo in_array('a', $value) ? 'y' : 'n', "\n"; } catch (\TypeError $e) { echo "T18\n"; }
    try { echo str_replace('a', 'b', $value) === 'b' ? 'y' : 'n', "\n"; } catch (\TypeError $e) { echo "T19\n"; }
    try { echo round($value), "\n"; } catch (\TypeError $e) { echo "T20\n"; }
    try { echo number_format($value, 2), "\n"; } catch (\TypeError $e) { echo "T21\n"; }
    try { echo abs($value), "\n"; } catch (\TypeError $e) { echo "T22\n"; }
    try { echo bcmul($value, '2', 2), "\n"; } catch (\TypeError $e) { echo "T23\n"; } catch (\ValueError $e) { echo "V23\n"; }
}
