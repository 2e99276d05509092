<?php
/* @oracle {"answers": [{"data": []}], "runs": [
 {"calls": [{"function": "certificates", "args": [{"mchid": "1900000109", "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "privateKey": "@file:merchant_key", "certs": {"PUB_KEY_ID_0114232134912410000000000000": "@file:platform_pub"}}]}]},
 {"signed_by": "5157F09EFDC1", "calls": [{"function": "merged", "args": [{"mchid": "1900000109", "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "privateKey": "@pem:merchant_key"}, "@file:platform_cert"]}]}]} */
use WeChatPay\Builder;
use WeChatPay\Util\PemUtil;

function certificates(array $settings)
{
    return Builder::factory($settings)->chain('v3/certificates')->get()->getStatusCode();
}

function merged(array $base, string $certificate)
{
    $settings = array_merge($base, ['certs' => [PemUtil::parseCertificateSerialNo($certificate) => $certificate]]);
    $client = Builder::factory($settings);
    return $client->chain('v3/certificates')->get()->getStatusCode();
}
