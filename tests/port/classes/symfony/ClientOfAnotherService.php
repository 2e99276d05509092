<?php
/* @oracle {"foreign": {"Wx->builder": ["@instance"]}, "answers": [{"trade_state": "SUCCESS"}],
 "runs": [{"calls": [{"new": "App\\Service\\OrderCloser", "with": ["@foreign:Wx"], "call": "state", "args": ["N1"]}]}]} */

namespace App\Service;

class OrderCloser
{
    private $wx;

    public function __construct($wx)
    {
        $this->wx = $wx;
    }

    public function state(string $no): string
    {
        $builder = $this->wx->builder($no);
        $response = $builder->chain('v3/pay/transactions/out-trade-no/' . $no)->get(['query' => ['mchid' => '1900000109']]);
        return json_decode((string) $response->getBody(), true)['trade_state'];
    }
}
