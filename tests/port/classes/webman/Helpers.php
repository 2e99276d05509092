<?php
/* @oracle {"answers": [{"trade_state": "NOTPAY"}, 204, {"trade_state": "SUCCESS"}], "calls": [{"function": "close_if_open", "args": ["@instance", "n1"]}, {"function": "close_if_open", "args": ["@instance", "n2"]}, {"function": "fen", "args": ["12.345"]}]} */

if (!function_exists('wx_state')) {
    function wx_state($client, string $no): string
    {
        $resp = $client->chain("v3/pay/transactions/out-trade-no/{$no}")->get(['query' => ['mchid' => '1900000109']]);
        return json_decode((string) $resp->getBody(), true)['trade_state'];
    }
}

function close_if_open($client, string $no): bool
{
    if (wx_state($client, $no) !== 'NOTPAY') {
        return false;
    }
    $client->chain("v3/pay/transactions/out-trade-no/{$no}/close")->post(['json' => ['mchid' => '1900000109']]);
    return true;
}

function fen($yuan): int
{
    return (int) round($yuan * 100);
}
