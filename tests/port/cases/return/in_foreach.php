<?php
/* @oracle {"answers": [{"trade_state": "NOTPAY"}, {"trade_state": "SUCCESS"}, {"trade_state": "NOTPAY"}]} */
foreach (['A', 'B', 'C'] as $no) {
    $response = $instance->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no, 'query' => ['mchid' => '1']]);
    $data = json_decode((string) $response->getBody(), true);
    if ($data['trade_state'] === 'SUCCESS') {
        echo "found $no";
        return;
    }
}
echo 'none';
