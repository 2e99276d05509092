<?php
/* @oracle {"answers": [{"prepay_id": "p"}, 204], "calls": [{"new": "app\\service\\CombineOrder", "with": ["@instance"], "call": "create", "args": ["C1", [{"mchid": "1", "no": "A", "fee": 1}, {"mchid": "2", "no": "B", "fee": 2}]]}, {"new": "app\\service\\CombineOrder", "with": ["@instance"], "call": "close", "args": ["C1", ["A", "B"]]}]} */

namespace app\service;

class CombineOrder
{
    const APPID = 'wx1';
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function create(string $no, array $orders): string
    {
        $subs = array_map(function ($order) {
            return [
                'mchid' => $order['mchid'],
                'out_trade_no' => $order['no'],
                'amount' => ['total_amount' => $order['fee'], 'currency' => 'CNY'],
                'attach' => 'none',
            ];
        }, $orders);
        $resp = $this->client->v3->combineTransactions->native->post(['json' => [
            'combine_appid' => self::APPID,
            'combine_mchid' => '1900000109',
            'combine_out_trade_no' => $no,
            'sub_orders' => $subs,
        ]]);
        return json_decode((string) $resp->getBody(), true)['prepay_id'];
    }

    public function close(string $no, array $subs): bool
    {
        $list = [];
        foreach ($subs as $sub) {
            $list[] = ['mchid' => '1', 'out_trade_no' => $sub];
        }
        return $this->client->chain('v3/combine-transactions/out-trade-no/{no}/close')
            ->post(['no' => $no, 'json' => ['combine_appid' => static::APPID, 'sub_orders' => $list]])
            ->getStatusCode() === 204;
    }
}
