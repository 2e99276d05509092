<?php
/* @oracle {"define": {"no": "P1"}, "runs": [{"answers": [{"a": 1}, {"b": 1}]}, {"answers": ["connect", {"b": 1}]}, {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "none"}], {"b": 1}]}]} */
try {
    $instance->chain('v3/pay/transactions/out-trade-no/{out_trade_no}')->get(['out_trade_no' => $no, 'query' => ['mchid' => '1900000109']]);
} catch (\Exception $e) {
    echo "lost\n";
    return;
}
$instance->chain('v3/certificates')->get();
