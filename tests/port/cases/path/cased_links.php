<?php
/* @oracle {"define": {"no": "20240101001"}, "answers": [{}, {}, {}, {}, {}, {}]} */
$instance->v3->{'PayScore'}->{'permissions'}->get();
$instance->v3->Pay->transactions->{"OutTradeNo/$no"}->get();
$instance['V3/pay']['Transactions']->get();
$instance->chain('v3/pay/' . 'outTradeNo/' . $no . '/Close')->post(['json' => ['a' => 1]]);
$instance->chain('v3/pay/transactions?pageSize=1')->get();
$link = 'PayScore';
$instance->v3->{$link}->get();
