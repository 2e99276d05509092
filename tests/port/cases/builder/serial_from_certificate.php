<?php
/* @oracle {"signed_by": "5157F09EFDC1", "define": {"key": "@file:merchant_key", "cert": "@file:platform_cert"}, "answers": [{"data": []}]} */
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Util\PemUtil;

$privateKey = Rsa::from($key, Rsa::KEY_TYPE_PRIVATE);
$platform = Rsa::from($cert, Rsa::KEY_TYPE_PUBLIC);
$serial = PemUtil::parseCertificateSerialNo($cert);
$made = Builder::factory([
    'mchid' => '1900000109',
    'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    'privateKey' => $privateKey,
    'certs' => [$serial => $platform],
]);
echo $made->chain('v3/certificates')->get()->getStatusCode();
