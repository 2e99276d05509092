<?php
/* @oracle {} */
$count = 0;
$add = function () use (&$count) { $count++; };
$add();
$add();
echo $count;
