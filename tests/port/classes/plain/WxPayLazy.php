<?php
/* @oracle {"answers": [{"data": [1]}, {"data": [2]}], "calls": [{"new": "WxPayLazy", "with": ["1900000109", "@file:merchant_key", "@file:platform_pub"], "call": "certificates"}, {"new": "WxPayLazy", "with": ["1900000109", "@file:merchant_key", "@file:platform_pub"], "call": "certificates"}]} */

use WeChatPay\Builder;
use WeChatPay\BuilderChainable;
use WeChatPay\Crypto\Rsa;

class WxPayLazy
{
    private ?BuilderChainable $client = null;

    public function __construct(private string $mchid, private string $keyFile, private string $pubFile)
    {
    }

    protected function getClient(): BuilderChainable
    {
        if (!$this->client) {
            $key = Rsa::from($this->keyFile, Rsa::KEY_TYPE_PRIVATE);
            $pub = Rsa::from($this->pubFile, Rsa::KEY_TYPE_PUBLIC);
            $this->client = Builder::factory([
                'mchid' => $this->mchid, 'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1', 'privateKey' => $key,
                'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $pub],
            ]);
        }
        return $this->client;
    }

    public function certificates(): array
    {
        $res = $this->getClient()->chain('v3/certificates')->get();
        return json_decode((string) $res->getBody(), true)['data'];
    }
}
