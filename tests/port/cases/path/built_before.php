<?php
/* @oracle {"define": {"no": "20240101001"}, "answers": [{}]} */
$p = 'v3/pay/transactions/out-trade-no/' . $no;
$instance->chain($p)->get(['query' => ['mchid' => '1']]);
