<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}], "calls": [{"function": "slash", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "v3/certificates"]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function slash($private, $config, $path)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => 'https://gate.example.com/some/path/',
    ]);
    return [
        $instance->chain($path)->get()->getStatusCode(),
        // The option stands in place of the client's URL: this path is none that the client's path is dropped for.
        $instance->chain('/v3/certificates')->get(['base_uri' => 'https://y.example.com/'])->getStatusCode(),
    ];
}
