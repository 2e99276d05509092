<?php
/* @oracle {} */
function next_no(): int
{
    static $n = 0;
    return ++$n;
}
echo next_no(), next_no(), next_no();
