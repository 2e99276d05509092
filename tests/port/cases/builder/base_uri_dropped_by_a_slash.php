<?php
/* @oracle {"answers": [{"a": 1}], "calls": [{"function": "slash", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function slash($private, $config)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => 'https://gate.example.com/some/path/',
    ]);
    return [
        $instance->chain('v3/certificates')->get(['query' => ['a' => 'b']])->getStatusCode(),
        $instance->chain('/v3/certificates')->get()->getStatusCode(),
        $instance->v3->pay->transactions->native->post(['json' => ['a' => 'b']])->getStatusCode(),
    ];
}
