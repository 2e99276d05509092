<?php
/* @oracle {} */
define('CURRENCY', 'CNY');
function f() { return CURRENCY . round(M_PI, 2); }
echo f(), CURRENCY;
