<?php
/* @oracle {} */
const RATE = 100;
define('CURRENCY', 'CNY');
function f() { return RATE * 2 . CURRENCY . PHP_EOL . M_PI; }
echo f(), RATE, CURRENCY;
