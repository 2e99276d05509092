<?php
/* @oracle {"answers": [{"n": 1}], "runs": [{"calls": [{"new": "SetTwice", "with": ["@instance", "L1"], "call": "query"}]}]} */

use WeChatPay\BuilderChainable;

/** The constructor sets a property twice, and calls a closure. */
class SetTwice
{
    private $client;
    private $number;
    private $label;

    public function __construct(BuilderChainable $client, string $number)
    {
        $this->client = $client;
        $this->number = $number;
        $this->number = 'order-' . $this->number;
        $label = function () use ($number) {
            return strrev($number);
        };
        $this->label = $label();
    }

    public function query()
    {
        $response = $this->client->chain('v3/pay/transactions/out-trade-no/{number}')->get(['number' => $this->number]);
        return [$this->label, $response->getStatusCode()];
    }
}
