<?php
/* @oracle {"calls": [{"function": "f", "args": [{"a": 0, "b": "", "c": null, "d": "x"}]}, {"function": "f", "args": [{}]}]} */
function f(array $v)
{
    return [$v['a'] ?? 'none', $v['b'] ?: 'empty', $v['c'] ?? 'null', $v['d'] ?? 'x' ?: 'y', isset($v['a'], $v['d']), empty($v['b']), $v['a']['deep'] ?? 'no', array_key_exists('c', $v)];
}
