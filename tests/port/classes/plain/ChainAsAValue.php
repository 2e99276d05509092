<?php
/* @oracle {"answers": [{}], "calls": [{"new": "ChainAsAValue", "with": ["@instance"], "call": "send"}]} */

class ChainAsAValue
{
    private $client;
    private $body = [];

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function no($no)
    {
        $this->body['out_trade_no'] = $no;
        return $this;
    }

    public function send()
    {
        $order = $this->no('A');
        if ($order) {
            return $this->client->chain('v3/x')->post(['json' => $this->body])->getStatusCode();
        }
        return null;
    }
}
