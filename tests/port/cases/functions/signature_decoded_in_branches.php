<?php
/* @oracle {"runs": [
  {"calls": [{"function": "verified", "args": ["a", "bm8=", "@pem:platform_pub"]}, {"function": "verified", "args": ["a", "bm8%3D", "@pem:platform_pub"]}]},
  {"calls": [{"function": "own", "args": ["text", "@pem:platform_key", "@pem:platform_pub"]}]}
]} */

use WeChatPay\Crypto\Rsa;

function verified($text, $sign, $key)
{
    $raw = base64_decode(urldecode($sign));
    if (strpos($sign, '=') !== false || $sign == base64_encode(base64_decode($sign))) {
        $raw = base64_decode($sign);
    }
    return openssl_verify($text, $raw, $key, OPENSSL_ALGO_SHA256);
}

/** A signature that is right, in both forms that are sent. */
function own($text, $key, $public)
{
    $sign = Rsa::sign($text, Rsa::from($key));
    return [verified($text, $sign, $public), verified($text, urlencode($sign), $public), verified($text . '!', $sign, $public)];
}
