<?php
/* @oracle {"calls": [{"function": "typed", "args": ["ab"]}, {"function": "typed", "args": [""]}, {"function": "untyped", "args": ["ab"]}, {"function": "untyped", "args": [["x", "y"]]}, {"function": "untyped", "args": [{"5": "q"}]}, {"function": "untyped", "args": [null]}, {"function": "untyped", "args": [5]}]} */
function typed(string $s)
{
    return [$s[5] ?? 'none', isset($s[1]), isset($s[9]), empty($s[0]), isset($s['a']), $s[9][0] ?? 'no', $s[-1] ?? 'last'];
}
function untyped($s)
{
    return [$s[5] ?? 'none', isset($s[1]), isset($s[9]), empty($s[0]), isset($s['a']), $s[5][0] ?? 'no'];
}
