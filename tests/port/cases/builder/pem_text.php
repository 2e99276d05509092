<?php
/* @oracle {"define": {"pem": "@pem:merchant_key", "pub": "@pem:platform_pub"}, "answers": [{"data": []}]} */
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

$made = Builder::factory([
    'mchid' => '1900000109',
    'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    'privateKey' => Rsa::from($pem),
    'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($pub, Rsa::KEY_TYPE_PUBLIC)],
]);
$made->chain('v3/pay/transactions/native')->post(['json' => ['a' => 1]]);
