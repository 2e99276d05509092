<?php
/* @oracle {"runs": [{"answers": [{"code_url": "weixin://1"}]}, {"answers": [{"h5_url": "https://h5"}]}, {"answers": [{"prepay_id": "p"}]}],
 "calls": [{"new": "app\\service\\PayTypes", "with": ["@instance"], "call": "order", "args": ["native", "N", 1, null]}]} */

namespace app\service;

class PayTypes
{
    private $map = ['native' => 'v3/pay/transactions/native', 'h5' => 'v3/pay/transactions/h5', 'jsapi' => 'v3/pay/transactions/jsapi'];
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function order(string $type, string $no, int $fee, ?string $openid)
    {
        if (!isset($this->map[$type])) {
            throw new \InvalidArgumentException("unknown type: $type");
        }
        $json = ['out_trade_no' => $no, 'amount' => ['total' => $fee]];
        if ($type === 'jsapi') {
            $json['payer'] = ['openid' => $openid];
        } elseif ($type === 'h5') {
            $json['scene_info'] = ['payer_client_ip' => '127.0.0.1', 'h5_info' => ['type' => 'Wap']];
        }
        $resp = $this->client->chain($this->map[$type])->post(['json' => $json]);
        $data = json_decode((string) $resp->getBody(), true);
        return $data['code_url'] ?? $data['h5_url'] ?? $data['prepay_id'];
    }
}
