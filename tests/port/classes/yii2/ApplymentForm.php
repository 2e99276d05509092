<?php
/* @oracle {"answers": [{"applyment_id": 2000002124775691}],
 "calls": [{"new": "app\\models\\ApplymentForm", "with": ["@instance", "@platformKey"], "call": "submit", "args": ["B1", "Zhang San", "13900000000"]}]} */

namespace app\models;

use WeChatPay\Crypto\Rsa;

class ApplymentForm
{
    private $client;
    private $key;

    public function __construct($client, $key)
    {
        $this->client = $client;
        $this->key = $key;
    }

    private function seal(string $text): string
    {
        return Rsa::encrypt($text, $this->key);
    }

    public function submit(string $code, string $name, string $mobile): string
    {
        $resp = $this->client->chain('v3/applyment4sub/applyment/')->post([
            'json' => [
                'business_code' => $code,
                'contact_info' => [
                    'contact_type' => 'LEGAL',
                    'contact_name' => $this->seal($name),
                    'mobile_phone' => $this->seal($mobile),
                ],
            ],
            'headers' => ['Wechatpay-Serial' => 'PUB_KEY_ID_0114232134912410000000000000'],
        ]);
        return (string) json_decode((string) $resp->getBody(), true)['applyment_id'];
    }
}
