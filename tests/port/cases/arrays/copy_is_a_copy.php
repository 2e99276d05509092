<?php
/* @oracle {"answers": [{}, {}]} */
$first = ['no' => 'A', 'amount' => ['total' => 1]];
$second = $first;
$second['no'] = 'B';
$second['amount']['total'] = 2;
$instance->chain('v3/pay/transactions/native')->post(['json' => $first]);
$instance->chain('v3/pay/transactions/native')->post(['json' => $second]);
