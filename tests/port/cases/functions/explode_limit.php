<?php
/* @oracle {} */
$s = 'a,b,c,d';
print_r(explode(',', $s));
print_r(explode(',', $s, 2));
print_r(explode(',', $s, -1));
print_r(explode(',', ''));
echo implode('|', explode(',', $s, 1));
