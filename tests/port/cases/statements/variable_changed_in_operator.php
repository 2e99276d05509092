<?php
/* @oracle {"calls": [{"function": "counted", "args": [1]}]} */

function counted($n)
{
    return $n + $n++ + ++$n;
}
