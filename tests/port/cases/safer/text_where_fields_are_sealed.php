<?php
/* @oracle {"safer": true, "answers": [{}]} */
$instance->chain('v3/pay/transactions/native')->post(['body' => '{"mchid":"1"}', 'headers' => ['Content-Type' => 'application/json']]);
