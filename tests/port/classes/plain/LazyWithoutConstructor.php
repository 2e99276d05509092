<?php
/* @oracle {"answers": [{"data": [1]}, {"data": [2]}], "calls": [{"new": "LazyWithoutConstructor", "with": [], "call": "certificates", "args": ["@file:merchant_key", "@file:platform_pub"]}, {"new": "LazyWithoutConstructor", "with": [], "call": "certificates", "args": ["@file:merchant_key", "@file:platform_pub"]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class LazyWithoutConstructor
{
    private $client;
    private $seen;

    protected function getClient($key, $public)
    {
        if (!$this->client) {
            $this->client = Builder::factory([
                'mchid' => '1900000109',
                'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
                'privateKey' => Rsa::from($key, Rsa::KEY_TYPE_PRIVATE),
                'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($public, Rsa::KEY_TYPE_PUBLIC)],
            ]);
        }
        return $this->client;
    }

    public function certificates($key, $public): array
    {
        $before = $this->seen;
        $res = $this->getClient($key, $public)->chain('v3/certificates')->get();
        $this->seen = json_decode((string) $res->getBody(), true)['data'][0];
        return [$before, $this->seen];
    }
}
