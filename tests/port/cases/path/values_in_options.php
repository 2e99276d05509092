<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}]}], "calls": [{"function": "send", "args": ["@instance", "v3/pay/transactions/out-trade-no/{out_trade_no}/close", {"out_trade_no": "A/1", "json": {"mchid": "1"}}]}, {"function": "close", "args": ["@instance", "v3/pay/transactions/out-trade-no/{no}", "B 2"]}]} */
function send($client, string $path, array $options)
{
    return $client->chain($path)->post($options)->getStatusCode();
}

function close($client, string $base, string $no)
{
    return $client->chain($base . '/close')->post(['no' => $no, 'json' => ['mchid' => '1']])->getStatusCode();
}
