<?php
/* @oracle {"runs": [{"answers": [{"trade_state": "SUCCESS"}, {"b": 1}]}, {"answers": [{"trade_state": "NOTPAY"}, {"b": 1}]}]} */
$instance->chain('v3/pay/transactions/id/{id}')->getAsync(['id' => '1', 'query' => ['mchid' => '1']])->then(function ($response) {
    $data = json_decode((string) $response->getBody(), true);
    if ($data['trade_state'] === 'SUCCESS') {
        echo 'paid';
        return;
    }
    echo 'open';
})->wait();
$instance->chain('v3/certificates')->get();
echo ' end';
