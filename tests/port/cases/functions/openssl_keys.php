<?php
/* @oracle {"calls": [{"function": "verified", "args": ["no key"]}, {"function": "verified", "args": ["@pem:merchant_pub"]}, {"function": "signed", "args": ["no key", "x"]}, {"function": "signed", "args": ["@pem:merchant_key", "x"]},{"function": "raised", "args": ["@pem:merchant_key", ["a"]]},{"function": "raised", "args": ["@pem:merchant_key", 5]},{"function": "raised", "args": ["@pem:merchant_key", null]}, {"function": "rsa", "args": ["@pem:merchant_key", ["a"]]}, {"function": "twice", "args": [["@pem:merchant_key", "no key"]]}]} */
use WeChatPay\Crypto\Rsa;
function verified(string $public)
{
    $result = openssl_verify('x', base64_decode('AAAA'), $public, OPENSSL_ALGO_SHA256);
    if ($result === 1) {
        return 'accepted';
    }
    if ($result === false) {
        echo 'no key';
    }
    return $result == 0 ? $result : 'other';
}

function signed(string $pem, string $text)
{
    openssl_sign($text, $signature, $pem, OPENSSL_ALGO_SHA256);
    return base64_encode($signature);
}

function raised(string $pem, $text)
{
    try {
        openssl_sign($text, $signature, $pem, OPENSSL_ALGO_SHA256);
        return base64_encode($signature);
    } catch (\Exception $e) {
        return 'exception';
    } catch (\TypeError $e) {
        return 'type';
    }
}
function rsa(string $pem, $text)
{
    try {
        return Rsa::sign($text, $pem);
    } catch (\Exception $e) {
        return 'exception';
    } catch (\TypeError $e) {
        return 'type';
    }
}
function twice(array $keys)
{
    foreach ($keys as $key) {
        openssl_sign('x', $signature, $key, OPENSSL_ALGO_SHA256);
        echo base64_encode($signature), "\n";
    }
}
