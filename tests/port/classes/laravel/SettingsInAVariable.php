<?php
/* @oracle {"foreign": {"config": [{"mchid": "1900000109", "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "id": "PUB_KEY_ID_0114232134912410000000000000"}]}, "answers": [{"code_url": "weixin://a"}, {"prepay_id": "wx1"}],
 "runs": [{"calls": [{"new": "App\\Services\\SettingsInAVariable", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "native", "args": ["o-1", 5]}]}]} */

namespace App\Services;

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class SettingsInAVariable
{
    static $instance = null;
    private $mchid;

    public function __construct($keyFile, $platformFile)
    {
        $config = config('pay.wechat');
        $id = $config['id'];
        $private = Rsa::from($keyFile, Rsa::KEY_TYPE_PRIVATE);
        $platform = Rsa::from($platformFile, Rsa::KEY_TYPE_PUBLIC);
        $settings = [
            'mchid' => (string) $config['mchid'],
            'serial' => $config['serial'],
            'privateKey' => $private,
            'certs' => [$id => $platform],
            'http_errors' => true,
        ];
        $this->mchid = $settings['mchid'];
        self::$instance = Builder::factory($settings);
    }

    public function native(string $no, int $total): array
    {
        $response = self::$instance->chain('v3/pay/transactions/native')->post(['json' => [
            'mchid' => $this->mchid,
            'out_trade_no' => $no,
            'amount' => ['total' => $total],
        ]]);
        return $this->decoded($response);
    }

    private function decoded(object $response): array
    {
        if ($response->getStatusCode() != 200) {
            return [];
        }
        return json_decode($response->getBody()->getContents(), true);
    }
}
