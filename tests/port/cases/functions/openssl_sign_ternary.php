<?php
/* @oracle {"calls": [{"function": "signed", "args": ["@pem:merchant_key"]}, {"function": "signed", "args": ["no key"]}, {"function": "unsigned", "args": ["no key"]}]} */
function signed(string $pem)
{
    $key = openssl_pkey_get_private($pem);
    $sign = openssl_sign('text', $signature, $key, OPENSSL_ALGO_SHA256) ? base64_encode($signature) : '';
    return ['paySign' => $sign];
}

function unsigned(string $pem)
{
    $failed = !openssl_sign('text', $signature, $pem, OPENSSL_ALGO_SHA256) ? 'failed' : base64_encode($signature);
    return $failed;
}
