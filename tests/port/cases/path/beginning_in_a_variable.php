<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}, {"a": 3}], "calls": [
  {"new": "Orders", "with": ["@instance"], "call": "both", "args": [{"x": 1}]},
  {"new": "Orders", "with": ["@instance"], "call": "kept", "args": ["A1"]},
  {"new": "Paths", "with": ["@instance"], "call": "native", "args": [{"x": 1}]},
  {"new": "Paths", "with": ["@instance"], "call": "query", "args": ["A1"]},
  {"new": "Paths", "with": ["@instance"], "call": "later", "args": [{"y": 2}]}]} */

use WeChatPay\BuilderChainable;

/** A property without a type holds the client; the beginning of the path is in a variable. */
class Orders
{
    private $client;

    public function __construct(BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function both($order)
    {
        $orders = $this->client->v3->pay->transactions;
        $first = $orders->native->post(['json' => $order]);
        $second = $orders->jsapi->post(['json' => $order]);
        return [$first->getStatusCode(), json_decode((string) $second->getBody(), true)];
    }

    public function kept($no)
    {
        $order = $this->client->chain("v3/pay/transactions/out-trade-no/{$no}");
        $this->client = $this->client;
        $no = 'other';
        return $order->get(['query' => ['mchid' => '1900000109']])->getStatusCode() . $no;
    }
}

/** The beginning of the path is in a property. */
class Paths
{
    private BuilderChainable $orders;
    private $refunds = null;

    public function __construct($client)
    {
        $this->orders = $client->v3->pay->transactions;
        $this->refunds = $client->chain('v3/refund');
    }

    public function native($order)
    {
        return $this->orders->native->post(['json' => $order])->getStatusCode();
    }

    public function query($no)
    {
        $found = $this->orders->outTradeNo->{'{no}'}->get(['no' => $no, 'query' => ['mchid' => '1']]);
        return json_decode((string) $found->getBody(), true);
    }

    public function later($refund)
    {
        return $this->refunds->chain('domestic/refunds')->postAsync(['json' => $refund])
            ->then(static fn ($response) => $response->getStatusCode())
            ->wait();
    }
}
