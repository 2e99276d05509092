<?php
/* @oracle {"calls": [{"function": "f", "args": ["a:b:c"]}, {"function": "f", "args": [""]}, {"function": "f", "args": ["abc"]}]} */
function f(string $s)
{
    return [explode(':', $s), explode(':', $s, 2), explode(':', $s, -1), explode(':', $s)[0]];
}
