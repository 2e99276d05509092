<?php
/* @oracle {"calls": [{"function": "each_form", "args": ["@pem:merchant_key"]}, {"function": "each_public_form", "args": ["@pem:platform_pub"]}, {"function": "loaded", "args": ["@pem:merchant_key"]}]} */

function signed(string $pem): string
{
    if (!openssl_sign('x', $signature, $pem, OPENSSL_ALGO_SHA256)) {
        return 'fail';
    }
    return base64_encode($signature);
}

function each_form(string $pem): array
{
    $bare = str_replace('-----END PRIVATE KEY-----', '', str_replace('-----BEGIN PRIVATE KEY-----', '', $pem));
    return [
        signed($pem),
        signed(str_replace("\n", "\r\n", $pem)),
        signed("a key:\n" . $pem),
        signed(str_replace("\n", '', $pem)),
        signed(str_replace("\n", ' ', $pem)),
        signed(str_replace("\n", '\n', $pem)),
        signed(str_replace("\n", "\n\n", $pem)),
        signed('a key: ' . $pem),
        signed($bare),
        signed(str_replace("\n", '', $bare)),
        signed('file:///nowhere/key.pem'),
        signed(''),
    ];
}

function encrypted(string $pem): string
{
    if (!openssl_public_encrypt('x', $cipher, $pem, OPENSSL_PKCS1_OAEP_PADDING)) {
        return 'fail';
    }
    return base64_encode($cipher) === '' ? 'nothing' : 'encrypted';
}

function each_public_form(string $pem): array
{
    return [
        encrypted($pem),
        encrypted(str_replace("\n", '', $pem)),
        encrypted(str_replace("\n", '\n', $pem)),
        openssl_verify('x', base64_decode('AA=='), $pem, OPENSSL_ALGO_SHA256),
        openssl_verify('x', base64_decode('AA=='), str_replace("\n", '\n', $pem), OPENSSL_ALGO_SHA256),
    ];
}

function loaded(string $pem): array
{
    $all = [];
    foreach ([$pem, str_replace("\n", '\n', $pem), ''] as $text) {
        $key = openssl_pkey_get_private($text);
        if (!$key) {
            $all[] = 'unreadable';
            continue;
        }
        $all[] = 'read';
    }
    return $all;
}
