<?php
/* @oracle {} */
$a = $b = 3;
$b++;
[$a, $b] = [$b, $a];
echo $a, $b, ($c = 5) + 1, $c;
