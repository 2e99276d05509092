<?php
/* @oracle {"answers": [{}]} */
[$no, $total] = ['A', 3];
['mchid' => $mchid, 'appid' => $appid] = ['appid' => 'wx', 'mchid' => 'm'];
list($x, , $y) = [1, 2, 3];
$instance->chain('v3/pay/transactions/native')->post(['json' => compact('no', 'total', 'mchid', 'appid', 'x', 'y')]);
