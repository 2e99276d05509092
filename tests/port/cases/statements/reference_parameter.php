<?php
/* @oracle {} */
function add(array &$list, $v): void
{
    $list[] = $v;
}
$l = [];
add($l, 1);
add($l, 2);
echo json_encode($l);
