<?php
/* @oracle {"calls": [{"function": "refund", "args": ["@instance", "TRADE", "REFUND", 5, 100, "why"]}], "answers": [{"status": "PROCESSING"}]} */
function refund($client, string $outTradeNo, string $outRefundNo, int $refund, int $total, string $reason = '')
{
    $response = $client->chain('v3/refund/domestic/refunds')->post(['json' => [
        'reason' => $reason,
        'amount' => ['total' => $total, 'refund' => $refund, 'currency' => 'CNY'],
        'out_refund_no' => $outRefundNo,
        'out_trade_no' => $outTradeNo,
    ]]);
    return json_decode((string) $response->getBody(), true)['status'];
}
