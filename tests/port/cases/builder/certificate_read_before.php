<?php
/* @oracle {"answers": [{"data": []}], "runs": [
 {"signed_by": "5157F09EFDC1", "calls": [{"function": "loaded", "args": ["@file:merchant_key", "@file:platform_cert"]}]},
 {"signed_by": "5157F09EFDC1", "calls": [{"function": "from_text", "args": ["@file:merchant_key", "@pem:platform_cert"]}]},
 {"calls": [{"function": "by_id", "args": ["@file:merchant_key", "@file:platform_pub", "PUB_KEY_ID_0114232134912410000000000000"]}]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Util\PemUtil;

function loaded($keyPath, $certificatePath)
{
    $certificate = PemUtil::loadCertificate($certificatePath);
    $serial = PemUtil::parseCertificateSerialNo($certificate);
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => PemUtil::loadPrivateKey($keyPath),
        'certs' => [$serial => $certificate],
    ]);
    $response = $client->chain('v3/certificates')->get();
    return [$serial, json_decode((string) $response->getBody(), true)];
}

function from_text($keyPath, $pem)
{
    $key = Rsa::from(trim($pem), Rsa::KEY_TYPE_PUBLIC);
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($keyPath),
        'certs' => [PemUtil::parseCertificateSerialNo(trim($pem)) => $key],
    ]);
    return json_decode((string) $client->chain('v3/certificates')->get()->getBody(), true);
}

function by_id($keyPath, $path, $id)
{
    $key = Rsa::from(trim($path), Rsa::KEY_TYPE_PUBLIC);
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($keyPath),
        'certs' => [$id => $key],
    ]);
    return json_decode((string) $client->chain('v3/certificates')->get()->getBody(), true);
}
