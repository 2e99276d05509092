<?php
/* @oracle {"answers": [{"ok": 1}], "signed_by": "PUB_KEY_ID_0114232134912410000000000000", "runs": [
 {"calls": [{"function": "make", "args": [{"mchid": "1900000109", "key": "@pem:merchant_key", "id": "PUB_KEY_ID_0114232134912410000000000000", "cert": "@pem:platform_pub"}]}]},
 {"calls": [{"function": "make", "args": [{"mchid": "1900000109", "key": "@pem:merchant_key", "id": "PUB_KEY_ID_0114232134912410000000000000", "cert": "no key"}]}]},
 {"calls": [{"function": "appended", "args": ["@pem:merchant_key", {"PUB_KEY_ID_0114232134912410000000000000": "@pem:platform_pub"}]}, {"function": "appended", "args": ["@pem:merchant_key", []]}]},
 {"calls": [
  {"function": "verify", "args": ["@pem:platform_pub", "S1", "S1", "text", "bm8="]},
  {"function": "verify", "args": ["@pem:platform_pub", "S1", "S2", "text", "bm8="]},
  {"function": "verify", "args": ["no key", "S1", "S2", "text", "bm8="]}]},
 {"calls": [{"function": "seal", "args": ["@pem:platform_pub", "S1", "S1"]}, {"function": "seal", "args": ["@pem:platform_pub", "S1", "S2"]}]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function make(array $options)
{
    $certs = ['any' => null];
    if (!empty($options['cert']) && !empty($options['id'])) {
        echo 'read ';
        $certs = [
            $options['id'] => Rsa::from($options['cert'], Rsa::KEY_TYPE_PUBLIC),
        ];
    }
    $made = Builder::factory([
        'mchid' => $options['mchid'],
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($options['key'], Rsa::KEY_TYPE_PRIVATE),
        'certs' => $certs,
    ]);
    return $made->chain('v3/certificates')->get()->getStatusCode();
}

function appended(string $key, array $pems)
{
    $certs = [];
    foreach ($pems as $id => $pem) {
        $public = Rsa::from($pem, Rsa::KEY_TYPE_PUBLIC);
        $certs[$id] = $public;
    }
    if (!$certs) {
        return 'none of ' . count($certs);
    }
    $made = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($key, Rsa::KEY_TYPE_PRIVATE),
        'certs' => $certs,
    ]);
    return $made->chain('v3/certificates')->get()->getStatusCode() . count($certs);
}

function verify($pem, $own, $serial, $text, $signature)
{
    $certs = [$own => Rsa::from($pem, Rsa::KEY_TYPE_PUBLIC)];
    if (!isset($certs[$serial])) {
        echo 'another serial';
    }
    return Rsa::verify($text, $signature, $certs[$serial] ?? '');
}

function seal($pem, $own, $serial)
{
    $certs = [];
    $certs[$own] = Rsa::from($pem, Rsa::KEY_TYPE_PUBLIC);
    return Rsa::encrypt('secret', $certs[$serial] ?? '') !== '';
}
