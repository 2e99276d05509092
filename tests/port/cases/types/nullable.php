<?php
/* @oracle {"calls": [{"function": "query", "args": ["@instance", "T", null]}, {"function": "query", "args": ["@instance", null, "O"]}, {"function": "query", "args": ["@instance", null, null]}], "answers": [{"a": 1}, {"b": 2}]} */
function query($client, ?string $transactionId, ?string $outTradeNo = null): ?array
{
    if ($transactionId !== null) {
        $response = $client->chain('v3/pay/transactions/id/{id}')->get(['id' => $transactionId, 'query' => ['mchid' => '1']]);
    } elseif ($outTradeNo) {
        $response = $client->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $outTradeNo, 'query' => ['mchid' => '1']]);
    } else {
        return null;
    }
    return json_decode((string) $response->getBody(), true);
}
