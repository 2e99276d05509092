<?php
/* @oracle {} */
$a = 5; $a += 3; $a -= 1; $a *= 2; $a /= 7; $a **= 3; $a %= 5;
$s = 'x'; $s .= 'y';
$n = null; $n ??= 'set'; $n ??= 'again';
$b = 6; $b &= 3; $b |= 8; $b ^= 1; $b <<= 2; $b >>= 1;
$i = 1; echo $i++ + ++$i, $i--, --$i;
echo $a, $s, $n, $b;
