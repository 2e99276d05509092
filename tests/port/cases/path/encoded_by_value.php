<?php
/* @oracle {"define": {"no": "a/b c?d=e&f"}, "answers": [{}]} */
$instance->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no, 'query' => ['mchid' => '1']]);
