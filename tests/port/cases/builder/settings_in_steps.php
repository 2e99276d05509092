<?php
/* @oracle {"answers": [{"ok": 1}], "calls": [{"function": "pay", "args": ["1900000109", "@pem:merchant_key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"]}, {"function": "pay", "args": ["1900000109", "no key", "@pem:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"]}], "signed_by": "PUB_KEY_ID_0114232134912410000000000000"} */
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function pay($mchid, $private, $platform, $id)
{
    $key = Rsa::from($private, Rsa::KEY_TYPE_PRIVATE);
    echo 'read ';
    $config = [
        'mchid' => $mchid,
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => $key,
        'certs' => [],
    ];
    if ($id && $platform) {
        $config['certs'][$id] = Rsa::from($platform, Rsa::KEY_TYPE_PUBLIC);
    }
    return Builder::factory($config)->chain('v3/certificates')->get()->getStatusCode();
}
