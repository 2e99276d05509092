<?php
/* @oracle {"answers": [{}, {}], "calls": [{"new": "App\\Pay\\OptionsBuilder", "with": ["@instance"], "call": "trade", "args": [true]}, {"new": "App\\Pay\\OptionsBuilder", "with": ["@instance"], "call": "trade", "args": [false]}]} */

namespace App\Pay;

class OptionsBuilder
{
    public function __construct(private $client)
    {
    }

    public function trade(bool $gzip): int
    {
        $options = ['query' => ['bill_date' => '2024-01-01']];
        if ($gzip) {
            $options['query']['tar_type'] = 'GZIP';
            $options['headers'] = ['Accept-Encoding' => 'gzip'];
        }

        return $this->client->chain('v3/bill/tradebill')->get($options)->getStatusCode();
    }
}
