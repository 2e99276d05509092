<?php
/* @oracle {"runs": [{"define": {"no": "L0451002"}, "answers": [{}, {}, {}, {}, {}]}, {"define": {"no": "oAB_c-1"}, "answers": [{}, {}, {}, {}, {}]}, {"define": {"no": "451"}, "answers": [{}, {}, {}, {}, {}]}]} */
$instance->chain("v3/pay/transactions/out-trade-no/{$no}/close")->post(['json' => ['mchid' => '1']]);
$instance->chain('v3/pay/transactions/id/' . $no)->get();
$instance->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $no, 'json' => ['mchid' => '1']]);
$instance->v3->pay->transactions->id->{$no}->get();
$instance['v3/pay/transactions/id'][$no]->get();
