<?php
/* @oracle {"answers": [{}]} */
$base = ['mchid' => '1', 'list' => [1, 2]];
$instance->chain('v3/pay/transactions/native')->post(['json' => [...$base, 'mchid' => '2', 'all' => [0, ...$base['list'], 3]]]);
