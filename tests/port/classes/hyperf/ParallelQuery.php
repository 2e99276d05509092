<?php
/* @oracle {"runs": [{"answers": [{"trade_state": "SUCCESS"}, {"trade_state": "NOTPAY"}]}, {"answers": [{"trade_state": "SUCCESS"}, [404, {"code": "X", "message": "m"}]]}],
 "calls": [{"new": "App\\Service\\ParallelQuery", "with": ["@instance"], "call": "states", "args": [["A", "B"]]}]} */

namespace App\Service;

use GuzzleHttp\Promise\Utils;

class ParallelQuery
{
    public function __construct(private $client)
    {
    }

    public function states(array $numbers): array
    {
        $promises = [];
        foreach ($numbers as $no) {
            $promises[$no] = $this->client->chain('v3/pay/transactions/out-trade-no/{no}')->getAsync(['no' => $no, 'query' => ['mchid' => '1900000109']]);
        }
        $states = [];
        foreach (Utils::unwrap($promises) as $no => $response) {
            $states[$no] = json_decode((string) $response->getBody(), true)['trade_state'];
        }
        return $states;
    }
}
