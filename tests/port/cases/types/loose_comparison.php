<?php
/* @oracle {"calls": [{"function": "shown", "args": [0, "a"]}, {"function": "shown", "args": ["1", "01"]}, {"function": "shown", "args": ["10", "1e1"]}, {"function": "shown", "args": [100, "1e2"]}, {"function": "shown", "args": [null, false]}, {"function": "shown", "args": [null, ""]}, {"function": "shown", "args": ["abc", 0]}, {"function": "shown", "args": ["1abc", 1]}, {"function": "shown", "args": [" 1", 1]}, {"function": "shown", "args": ["1 ", 1]}, {"function": "shown", "args": [[], false]}, {"function": "shown", "args": [[], null]}, {"function": "shown", "args": ["a", true]}, {"function": "shown", "args": ["0", false]}, {"function": "shown", "args": [1.0, 1]}, {"function": "shown", "args": [[1,2],[2,1]]}, {"function": "shown", "args": ["", 0]}, {"function": "shown", "args": ["0.0", "0"]}, {"function": "shown", "args": [null, 0]}, {"function": "shown", "args": [[1],"a"]}, {"function": "shown", "args": ["9007199254740993", "9007199254740992"]}, {"function": "shown", "args": [9007199254740993, "9007199254740992.0"]}]} */
function shown($a, $b)
{
    echo $a == $b ? 'y' : 'n', $a === $b ? 'y' : 'n', $a < $b ? 'y' : 'n', $a > $b ? 'y' : 'n', $a <=> $b, in_array($a, [$b]) ? 'y' : 'n', array_search($a, [$b]) === 0 ? 'y' : 'n', $a != $b ? 'y' : 'n', "\n";
    switch ($a) {
        case $b:
            echo 'same';
            break;
        default:
            echo 'other';
    }
    $list = [$a, $b, 'm', 5];
    sort($list);
    echo json_encode($list);
    echo json_encode(array_unique([$a, $b, $a]));
    echo max($a, $b) === $a ? 'A' : 'B';
}
