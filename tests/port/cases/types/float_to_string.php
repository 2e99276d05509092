<?php
/* @oracle {"calls": [{"function": "f", "args": [1.0]}, {"function": "f", "args": [0.1]}, {"function": "f", "args": [1e22]}, {"function": "f", "args": [1e15]}, {"function": "f", "args": [-0.0]}, {"function": "f", "args": [123456789.12345678]}, {"function": "f", "args": [1e-7]}]} */
function f(float $v)
{
    return [(string) $v, "$v", json_encode($v), $v . '', number_format($v, 2), sprintf('%.2f', $v), round($v, 2)];
}
