<?php
/* @oracle {"foreign": {"ConfigInterface->get": ["wx1", "https://e.com/n"], "config->get": ["wx1", "https://e.com/n"]}, "answers": [{"prepay_id": "p"}],
 "calls": [{"new": "App\\Service\\PayService", "with": ["@instance", "@foreign:ConfigInterface"], "call": "jsapi", "args": [{"no": "N1", "fee": 10, "openid": "o1"}]}]} */

declare(strict_types=1);

namespace App\Service;

use Hyperf\Contract\ConfigInterface;
use WeChatPay\BuilderChainable;

class PayService
{
    protected BuilderChainable $client;
    protected ConfigInterface $config;

    public function __construct(BuilderChainable $client, ConfigInterface $config)
    {
        $this->client = $client;
        $this->config = $config;
    }

    public function jsapi(array $order): array
    {
        $resp = $this->client->chain('v3/pay/transactions/jsapi')->post(['json' => [
            'appid' => $this->config->get('wechat.appid'),
            'mchid' => '1900000109',
            'description' => $order['title'] ?? 'order ' . $order['no'],
            'out_trade_no' => $order['no'],
            'notify_url' => $this->config->get('wechat.notify'),
            'amount' => ['total' => $order['fee']],
            'payer' => ['openid' => $order['openid']],
        ]]);

        return json_decode($resp->getBody()->getContents(), true);
    }
}
