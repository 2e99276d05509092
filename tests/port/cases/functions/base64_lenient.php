<?php
/* @oracle {"calls": [{"function": "shown", "args": ["@pem:merchant_key", "@pem:merchant_pub", "5byg 5LiJ"]}, {"function": "read", "args": ["YWI"]}, {"function": "read", "args": ["Y W\nJ-j_"]}, {"function": "read", "args": ["YQ=="]}, {"function": "read", "args": ["Y"]}, {"function": "read", "args": ["YWJj=ZGVm"]}, {"function": "strict", "args": ["YWJj=ZGVm"]}, {"function": "strict", "args": ["YWJj"]}]} */
use WeChatPay\Crypto\Rsa;

function shown(string $pem, string $public, string $text)
{
    $sign = Rsa::sign('x', $pem);
    echo Rsa::verify('x', rtrim($sign, '='), $public) ? 'yes' : 'no';
    echo Rsa::verify('x', chunk_split($sign, 64, "\r\n"), $public) ? 'yes' : 'no';
    echo Rsa::verify('x', '', $public) ? 'yes' : 'no';
    echo Rsa::verify('x', '***', $public) ? 'yes' : 'no';
    $lines = substr($sign, 0, 20) . "\n " . substr($sign, 20);
    echo Rsa::verify('x', $lines, $public) ? 'yes' : 'no';
    echo openssl_verify('x', base64_decode($lines), $public, OPENSSL_ALGO_SHA256), "\n";
    echo base64_decode($text), "\n";
}

function read(string $text)
{
    return base64_decode($text);
}

function strict(string $text)
{
    return base64_decode($text, true);
}
