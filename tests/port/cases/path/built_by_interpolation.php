<?php
/* @oracle {"define": {"no": "20240101001"}, "answers": [204]} */
$path = "v3/pay/transactions/out-trade-no/{$no}/close";
$instance->chain($path)->post(['json' => ['mchid' => '1']]);
