<?php
/* @oracle {} */
var_dump(abs(-5.5), abs(-5), round(1.005, 2), round(2.5), round(-2.5), round(1234.5678, -2), floor(2.7), ceil(2.1), floor(-2.5), intdiv(7, 2), 7 % 3, -7 % 3, fmod(7.5, 2), 2 ** 10, 2 ** -1, max(1, 2.5), min('a', 'b'), max([3, 9, 2]), 10 / 4, 10 / 5, 7 / 2 * 2, 0.1 + 0.2, 1e3, PHP_INT_MAX, PHP_INT_MAX + 1);
