<?php
/* @oracle {"calls": [{"function": "shown", "args": ["1", 1.7, true]}, {"function": "shown", "args": ["01", -1.5, false]}, {"function": "shown", "args": ["-5", 0.2, null]}, {"function": "shown", "args": ["9223372036854775808", 3, "x"]}, {"function": "shown", "args": ["-0", 3, " 1"]}]} */
function shown($one, $two, $three)
{
    $a = [];
    $a[$one] = 'one';
    $a[$two] = 'two';
    $a[$three] = 'three';
    $a[] = 'next';
    echo json_encode($a), json_encode(array_keys($a)), "\n";
    $b = [$one => 1, $two => 2, $three => 3, 4];
    foreach ($b as $key => $value) {
        echo is_int($key) ? 'i' : 's', $key, '=', $value, ';';
    }
    $c = [5 => 'a', 'b'];
    echo json_encode($c), isset($c['5']) ? 'set' : 'not', "\n";
    $e = [-5 => 'a'];
    $e[] = 'b';
    echo json_encode($e), json_encode(array_column([['id' => '3', 'n' => 'x'], ['id' => 4, 'n' => 'y']], 'n', 'id')), "\n";
    echo json_encode(array_fill(5, 2, 'x')), json_encode(array_fill_keys(['a', 5], 0)), json_encode(range(1, 5, 2)), json_encode(array_pad([1], 3, 0)), "\n";
}
