<?php
/* @oracle {"calls": [{"function": "refuse", "args": [0]}, {"function": "refuse", "args": [5]}]} */
function refuse(int $total) {
    if ($total > 0) {
        return $total;
    }
    throw Failures::of('no total');
}
