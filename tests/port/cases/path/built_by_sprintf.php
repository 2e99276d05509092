<?php
/* @oracle {"define": {"no": "20240101001"}, "answers": [204]} */
$path = sprintf('v3/pay/transactions/out-trade-no/%s/close', $no);
$instance->chain($path)->post(['json' => ['mchid' => '1']]);
