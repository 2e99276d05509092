<?php
/* @oracle {"calls": [{"function": "f", "args": ["12"]}, {"function": "f", "args": ["12.5x"]}, {"function": "f", "args": [12]}, {"function": "f", "args": [1.5]}, {"function": "f", "args": [null]}, {"function": "f", "args": [[1]]}, {"function": "f", "args": [" 1"]}, {"function": "f", "args": ["1e5"]}]} */
function f($v)
{
    return [is_string($v), is_int($v), is_float($v), is_numeric($v), is_array($v), is_null($v), is_bool($v), is_scalar($v), is_callable($v), gettype($v)];
}
