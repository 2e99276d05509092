<?php
/* @oracle {"answers": [{}]} */
function pay($client, string $no, int $total = 1, string $currency = 'CNY', ?string $attach = null)
{
    $client->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no, 'amount' => ['total' => $total, 'currency' => $currency], 'attach' => $attach]]);
}
pay($instance, currency: 'HKD', no: 'N1');
