<?php
/* @oracle {"answers": [{}]} */
$list = ['a', 'b', 'c'];
unset($list[0]);
$instance->chain('v3/pay/transactions/native')->post(['json' => ['list' => $list]]);
