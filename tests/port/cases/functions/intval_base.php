<?php
/* @oracle {"calls": [{"function": "f", "args": ["1f"]}, {"function": "f", "args": ["0x1f"]}, {"function": "f", "args": ["012"]}, {"function": "f", "args": ["zz"]}]} */
function f(string $s)
{
    return [intval($s), intval($s, 16), intval($s, 0), intval($s, 8), hexdec('1f')];
}
