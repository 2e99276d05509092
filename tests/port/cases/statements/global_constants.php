<?php
/* @oracle {} */
const RATE = 100;
function f() { return RATE * 2 . PHP_EOL . PHP_INT_MAX; }
echo f(), RATE;
