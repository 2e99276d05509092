<?php
/* @oracle {"answers": [{}]} */
$defaults = ['currency' => 'CNY', 'total' => 1];
$given = ['total' => 5, 'payer' => null];
$instance->chain('v3/pay/transactions/native')->post(['json' => array_merge($defaults, $given, ['a', 'b'])]);
