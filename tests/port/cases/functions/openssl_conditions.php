<?php
/* @oracle {"calls": [{"function": "shown", "args": ["@pem:merchant_key", "@pem:merchant_pub"]}, {"function": "shown", "args": ["no key", "no key"]},
 {"function": "named", "args": ["@pem:merchant_key"]}, {"function": "named", "args": ["no key"]}]} */
function shown(string $pem, string $public)
{
    $text = '张三';
    if (!openssl_sign($text, $signature, $pem, OPENSSL_ALGO_SHA256)) {
        echo "not signed\n";
    } else {
        echo base64_encode($signature), "\n";
    }
    if (openssl_public_encrypt($text, $encrypted, $public, OPENSSL_PKCS1_OAEP_PADDING)) {
        $sent = base64_encode($encrypted);
        if (openssl_private_decrypt(base64_decode($sent), $plain, $pem, OPENSSL_PKCS1_OAEP_PADDING)) {
            echo $plain, "\n";
        }
    } elseif ($text) {
        echo "not encrypted\n";
    }
}

function named(string $pem): string
{
    $done = openssl_sign('x', $signature, $pem, 'SHA256');
    return ($done ? 'yes' : 'no') . '[' . base64_encode($signature) . ']';
}
