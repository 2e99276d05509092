<?php
/* @oracle {"calls": [{"function": "f", "args": ["1"]}, {"function": "f", "args": ["01"]}, {"function": "f", "args": ["abc"]}, {"function": "f", "args": [""]}, {"function": "f", "args": [null]}, {"function": "f", "args": [0]}, {"function": "f", "args": [false]}, {"function": "f", "args": [1.0]}, {"function": "f", "args": [[]]}]} */
function f($v)
{
    return [
        'eq1' => $v == 1, 'eq0' => $v == 0, 'eqE' => $v == '', 'eqN' => $v == null, 'eqF' => $v == false, 'eqS' => $v == '1',
        'id1' => $v === 1, 'idE' => $v === '', 'idN' => $v === null, 'not' => !$v, 'empty' => empty($v), 'ne' => $v != 'abc',
        'bool' => (bool) $v,
    ];
}
