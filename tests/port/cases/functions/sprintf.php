<?php
/* @oracle {} */
echo sprintf('%s|%d|%05d|%.2f|%5.1f|%x|%X|%b|%o|%e|%c|%%|%10s|%-10s|%\'*10s|%+d|%u', 'a', '12abc', 42, 1.005, 3.14159, 255, 255, 5, 8, 12345.678, 65, 'right', 'left', 'star', 7, 3), "\n";
echo sprintf('%2$s %1$s', 'world', 'hello'), sprintf('%05.1f', 9.96), sprintf("%'010d", 42), sprintf('%s', true), sprintf('%s', null), sprintf('%d', 3.99), sprintf('%s', 1.0);
