<?php
/* @oracle {"calls": [{"function": "twice", "args": ["@pem:merchant_key", "no key"]}, {"function": "twice", "args": ["no key", "@pem:merchant_key"]}, {"function": "again", "args": ["@pem:merchant_key", "no key"]}, {"function": "both", "args": ["@pem:merchant_key", "no key", true]}, {"function": "both", "args": ["@pem:merchant_key", "no key", false]}]} */
function twice(string $one, string $other)
{
    openssl_sign('a', $signature, $one, OPENSSL_ALGO_SHA256);
    openssl_sign('b', $signature, $other, OPENSSL_ALGO_SHA256);
    return base64_encode($signature);
}
function again(string $one, string $other)
{
    openssl_sign('a', $sign, $one, OPENSSL_ALGO_SHA256);
    $sign = base64_encode($sign);
    echo $sign, "\n";
    openssl_sign('b', $sign, $other, OPENSSL_ALGO_SHA256);
    $sign = base64_encode($sign);
    return $sign;
}
function both(string $one, string $other, bool $first)
{
    openssl_sign('a', $signature, $one, OPENSSL_ALGO_SHA256);
    if ($first) {
        openssl_sign('b', $signature, $other, OPENSSL_ALGO_SHA256);
    } else {
        openssl_sign('c', $signature, $one, OPENSSL_ALGO_SHA256);
    }
    return base64_encode($signature);
}
