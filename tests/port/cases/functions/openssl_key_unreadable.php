<?php
/* @oracle {"calls": [{"function": "sign", "args": ["@pem:merchant_key"]}, {"function": "sign", "args": ["no key"]}, {"function": "sign", "args": [""]}, {"function": "asked", "args": ["no key"]}, {"function": "asked", "args": ["@pem:merchant_key"]}, {"function": "checked", "args": ["no key"]}, {"function": "checked", "args": ["@pem:merchant_pub"]}, {"function": "checked", "args": ["@pem:merchant_key"]}, {"function": "given", "args": ["no key"]}, {"function": "given", "args": ["@pem:merchant_key"]}]} */
function sign(string $pem)
{
    try {
        $key = openssl_pkey_get_private($pem);
        openssl_sign('a', $signature, $key, OPENSSL_ALGO_SHA256);
        return base64_encode($signature);
    } catch (\Exception $e) {
        return 'exception';
    }
}
function asked(string $pem)
{
    $key = openssl_get_privatekey($pem);
    if (!$key) {
        return 'no key';
    }
    openssl_sign('a', $signature, $key, OPENSSL_ALGO_SHA256);
    return base64_encode($signature);
}
function checked(string $pem)
{
    $key = openssl_pkey_get_public($pem);
    if ($key === false) {
        echo 'unreadable';
    }
    return openssl_verify('a', base64_decode('AAAA'), $key, OPENSSL_ALGO_SHA256);
}
function key_for(string $pem)
{
    return openssl_pkey_get_private($pem);
}
function given(string $pem)
{
    openssl_sign('a', $signature, key_for($pem), 'SHA256');
    return base64_encode($signature);
}
