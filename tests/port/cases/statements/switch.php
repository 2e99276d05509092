<?php
/* @oracle {"runs": [{"answers": [{"trade_state": "SUCCESS"}, {}]}, {"answers": [{"trade_state": "REFUND"}, {}]}, {"answers": [{"trade_state": "NOTPAY"}, {}]}, {"answers": [{"trade_state": "PAYERROR"}, {}]}]} */
$data = json_decode((string) $instance->chain('v3/pay/transactions/id/{id}')->get(['id' => '1', 'query' => ['mchid' => '1']])->getBody(), true);
switch ($data['trade_state']) {
    case 'SUCCESS':
    case 'REFUND':
        echo 'paid';
        break;
    case 'NOTPAY':
        $instance->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => 'N', 'json' => ['mchid' => '1']]);
        echo 'closed';
        break;
    default:
        echo 'other';
}
echo '.';
