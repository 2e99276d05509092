<?php
/* @oracle {"answers": [{}], "calls": [{"new": "Gives", "with": ["@instance"], "call": "all", "args": ["@pem:merchant_key"]}]} */
class Gives
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all($key)
    {
        Container::singleton('wechatpay', function () use ($key) {
            return \WeChatPay\Builder::factory([
                'mchid' => '1900000109',
                'serial' => 'S1',
                'privateKey' => \WeChatPay\Crypto\Rsa::from($key),
                'certs' => ['any' => null],
            ]);
        });
        Container::singleton('text', fn ($app) => $key);
        return $this->client->chain('v3/certificates')->get()->getStatusCode();
    }
}
