<?php
/* @oracle {"answers": [{}]} */
$list = ['x', 'y'];
$list[5] = 'z';
$instance->chain('v3/pay/transactions/native')->post(['json' => ['list' => $list]]);
