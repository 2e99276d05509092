<?php
/* @oracle {"calls": [{"function": "shown", "args": [0.1234567]}]} */
function shown(float $n)
{
    ini_set('serialize_precision', '5');
    return json_encode($n);
}
