<?php
/* @oracle {"answers": [{}]} */
$params = ['a' => 1, 'b' => 2, 'c' => 3];
unset($params['b']);
$instance->chain('v3/pay/transactions/native')->post(['json' => $params]);
