<?php
/* @oracle {"answers": [{}]} */
$list = [3 => 'a'];
$list[] = 'b';
$list['k'] = 'c';
$list[] = 'd';
$instance->chain('v3/pay/transactions/native')->post(['json' => $list]);
