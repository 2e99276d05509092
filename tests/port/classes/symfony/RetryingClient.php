<?php
/* @oracle {"runs": [{"answers": ["connect", "connect", {"trade_state": "SUCCESS"}]}, {"answers": ["connect", "connect", "connect", {}]}, {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "m"}]]}],
 "calls": [{"new": "App\\Http\\RetryingClient", "with": ["@instance", 2], "call": "query", "args": ["N1"]}]} */

namespace App\Http;

use GuzzleHttp\Exception\ConnectException;

class RetryingClient
{
    private $client;
    private int $retries;

    public function __construct($client, int $retries = 3)
    {
        $this->client = $client;
        $this->retries = $retries;
    }

    public function query(string $no): array
    {
        $attempt = 0;
        while (true) {
            try {
                $response = $this->client->v3->pay->transactions->outTradeNo->_no_->get(['no' => $no, 'query' => ['mchid' => '1900000109']]);
                return json_decode((string) $response->getBody(), true);
            } catch (ConnectException $e) {
                if (++$attempt > $this->retries) {
                    throw $e;
                }
                echo "again {$attempt}\n";
            }
        }
    }
}
