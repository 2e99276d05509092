<?php
/* @oracle {"calls": [{"function": "shown", "args": [0.1234567]}]} */
function shown(float $n)
{
    ini_set('display_errors', '1');
    error_reporting(E_ALL);
    date_default_timezone_set('PRC');
    return json_encode($n);
}
