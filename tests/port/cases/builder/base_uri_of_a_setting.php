<?php
/* @oracle {"answers": [{"a": 1}], "runs": [
    {"calls": [{"function": "variable", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "https://gate.example.com/"]}]},
    {"calls": [{"function": "variable", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "https://gate.example.com/some"]}]}
]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function variable($private, $config, $base)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => $base,
    ]);
    return $instance->chain('/v3/certificates')->get()->getStatusCode();
}
