<?php
/* @oracle {"answers": [{"a": 1}], "runs": [
  {"calls": [{"function": "all", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]}
]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function all($private, $config)
{
    $instance = Builder::factory([
        'mchid' => '1900000100',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'headers' => ['X-Tenant' => 'a', 'X-First' => 'a'],
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'mchid' => '1900000109',
        'headers' => ['X-Tenant' => 'b'],
    ]);
    return $instance->chain('v3/certificates')->get()->getStatusCode();
}
