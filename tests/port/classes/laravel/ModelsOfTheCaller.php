<?php
/* @oracle {"answers": [{"code_url": "weixin://a"}], "calls": [{"new": "ModelsOfTheCaller", "with": ["@instance"], "call": "pay", "args": ["@foreign:Order", 5]}]} */

class ModelsOfTheCaller
{
    public function __construct(private \WeChatPay\BuilderChainable $client)
    {
    }

    public function pay(\App\Models\Order $order, int $total)
    {
        $order->total = $total;
        $response = $this->client->chain('v3/pay/transactions/native')->post(['json' => ['amount' => ['total' => $total]]]);
        return json_decode($response->getBody(), true)['code_url'];
    }
}
