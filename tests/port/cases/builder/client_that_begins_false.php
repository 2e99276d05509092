<?php
/* @oracle {"answers": [{"data": []}], "calls": [
  {"new": "Gate", "call": "before"},
  {"new": "Gate", "call": "certificates", "args": ["@file:merchant_key", "@file:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class Gate
{
    public static $instance = false;

    public function before()
    {
        try {
            return self::$instance->chain('v3/certificates')->get()->getStatusCode();
        } catch (\Throwable $e) {
            return 'failed';
        }
    }

    public function certificates($key, $platform, $id)
    {
        self::$instance = Builder::factory([
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => Rsa::from($key),
            'certs' => [$id => Rsa::from($platform, Rsa::KEY_TYPE_PUBLIC)],
        ]);
        return self::$instance->chain('v3/certificates')->get()->getStatusCode();
    }
}
