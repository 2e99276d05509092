<?php
/* @oracle {"define": {"no": "P1"}, "runs": [
  {"answers": [{"trade_state": "SUCCESS"}, {"refund_id": "R"}]},
  {"answers": [{"trade_state": "NOTPAY"}, {"status": "x"}, {"refund_id": "R"}]},
  {"answers": ["timeout", {"refund_id": "R"}]}]} */
try {
    $response = $instance->chain('v3/pay/transactions/out-trade-no/{out_trade_no}')->get([
        'out_trade_no' => $no,
        'query' => ['mchid' => '1900000109'],
    ]);
    $order = json_decode((string) $response->getBody(), true);
    if ($order['trade_state'] === 'SUCCESS') {
        echo 'paid';
        return;
    }
    $instance->chain('v3/pay/transactions/out-trade-no/{out_trade_no}/close')->post([
        'out_trade_no' => $no,
        'json' => ['mchid' => '1900000109'],
    ]);
} catch (\Exception $e) {
    echo 'failed';
}
$instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => $no, 'out_refund_no' => 'R1']]);
