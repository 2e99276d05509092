<?php
/* @oracle {"calls": [{"function": "f", "args": [1]}, {"function": "f", "args": [2]}, {"function": "f", "args": [3]}]} */
function f(int $n)
{
    if ($n === 1):
        return 'one';
    elseif ($n === 2):
        return 'two';
    else:
        return 'more';
    endif;
}
