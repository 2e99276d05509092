<?php
/* @oracle {"safer": true, "define": {"no": ".."}, "answers": [{}]} */
$instance->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no, 'query' => ['mchid' => '1']]);
