<?php
/* @oracle {"answers": [{"a": 1}, {"b": 2}]} */
$promise = $instance->chain('v3/refund/domestic/refunds')->postAsync(['json' => ['out_trade_no' => '1']]);
echo 'before ';
$instance->chain('v3/certificates')->get();
$response = $promise->wait();
echo $response->getBody();
