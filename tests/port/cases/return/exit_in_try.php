<?php
/* @oracle {"runs": [{"answers": [{"s": "SUCCESS"}, {}]}, {"answers": [{"s": "NOTPAY"}, {}]}]} */
try {
    $response = $instance->chain('v3/pay/transactions/id/{id}')->get(['id' => '1', 'query' => ['mchid' => '1']]);
    if (json_decode((string) $response->getBody(), true)['s'] === 'SUCCESS') {
        exit('paid');
    }
} catch (\Exception $e) {
    die('failed');
}
$instance->chain('v3/certificates')->get();
