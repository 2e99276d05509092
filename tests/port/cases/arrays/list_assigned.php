<?php
/* @oracle {"answers": [{}]} */
$list = ['x', 'y'];
$list[0] = 'z';
$list[] = 'w';
$instance->chain('v3/pay/transactions/native')->post(['json' => ['list' => $list]]);
echo count($list), implode(',', $list);
