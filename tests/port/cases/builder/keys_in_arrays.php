<?php
/* @oracle {"answers": [{"code_url": "weixin://x"}], "runs": [
 {"calls": [{"new": "Gateway", "with": ["@pem:merchant_key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"], "call": "native", "args": ["T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@pem:merchant_key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"], "call": "signed", "args": ["some text"]}]},
 {"calls": [{"new": "Gateway", "with": ["@pem:merchant_key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"], "call": "verified", "args": ["a", "b", "PUB_KEY_ID_0114232134912410000000000000"]}]},
 {"calls": [{"new": "Gateway", "with": ["@pem:merchant_key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"], "call": "verified", "args": ["a", "b", "other"]}]},
 {"calls": [{"new": "Gateway", "with": ["@pem:merchant_key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"], "call": "asked"}]},
 {"calls": [{"new": "Gateway", "with": ["no key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"], "call": "asked"}]},
 {"calls": [{"new": "Gateway", "with": ["@pem:merchant_key", "no key", "PUB_KEY_ID_0114232134912410000000000000"], "call": "asked"}]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class Gateway
{
    private $config;
    private $client;

    public function __construct($key, $platform, $id)
    {
        $this->config = [
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => Rsa::from($key),
            'certs' => [$id => Rsa::from($platform, Rsa::KEY_TYPE_PUBLIC)],
        ];
        $this->client = Builder::factory($this->config);
    }

    public function native($no)
    {
        $body = ['mchid' => $this->config['mchid'], 'out_trade_no' => $no];
        $response = $this->client->chain('v3/pay/transactions/native')->post(['json' => $body]);
        return json_decode($response->getBody(), true)['code_url'];
    }

    public function signed($text)
    {
        $keys = $this->keys();
        return [
            Rsa::sign($text, $this->config['privateKey']),
            Rsa::sign($text, $keys['own']) === Rsa::sign($text, $this->config['privateKey']),
            $keys['name'],
        ];
    }

    public function verified($text, $signature, $serial)
    {
        if (!isset($this->config['certs'][$serial])) {
            return 'unknown serial';
        }
        return Rsa::verify($text, $signature, $this->config['certs'][$serial]);
    }

    public function asked()
    {
        $keys = $this->keys();
        return [
            empty($this->config['privateKey']),
            isset($keys['own']),
            isset($keys['none']),
            count($this->config['certs']),
            array_keys($this->config['certs']),
            $keys['own'] === null,
        ];
    }

    private function keys(): array
    {
        return ['own' => $this->config['privateKey'], 'name' => 'merchant'];
    }
}
