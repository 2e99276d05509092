<?php
/* @oracle {"answers": [{"prepay_id": "p"}], "calls": [{"static": "FluentOrder::demo", "args": ["@instance"]}]} */

class FluentOrder
{
    private $data = [];
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function set(string $key, $value): self
    {
        $this->data[$key] = $value;
        return $this;
    }

    public function amount(int $total, string $currency = 'CNY'): self
    {
        $this->data['amount'] = ['total' => $total, 'currency' => $currency];
        return $this;
    }

    public function send(): array
    {
        return json_decode((string) $this->client->v3->pay->transactions->jsapi->post(['json' => $this->data])->getBody(), true);
    }

    public static function demo($client): string
    {
        return (new self($client))->set('out_trade_no', 'N1')->amount(5)->set('mchid', '1')->send()['prepay_id'];
    }
}
