<?php
/* @oracle {"define": {"no": "42"}, "answers": [204, {}]} */
$instance->chain('v3/pay/transactions/out-trade-no/' . $no . '/close')->post(['json' => ['mchid' => '1']]);
$instance['v3/pay/transactions/id/' . $no]->get(['query' => ['mchid' => '1']]);
