<?php
/* @oracle {"answers": [{"data": []}], "calls": [{"function": "make", "args": ["1900000109", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "@file:merchant_key", "PUB_KEY_ID_0114232134912410000000000000", "@file:platform_pub"]}]} */
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function make(string $mchid, string $serial, string $key, string $id, string $pub)
{
    $client = Builder::factory([
        'mchid' => $mchid,
        'serial' => $serial,
        'privateKey' => Rsa::from($key, Rsa::KEY_TYPE_PRIVATE),
        'certs' => [$id => Rsa::from($pub, Rsa::KEY_TYPE_PUBLIC)],
    ]);
    return (string) $client->chain('v3/certificates')->get()->getBody();
}
