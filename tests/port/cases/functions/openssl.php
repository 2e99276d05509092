<?php
/* @oracle {"calls": [{"function": "shown", "args": ["@pem:merchant_key", "@pem:merchant_pub", "T1"]}]} */
function shown(string $pem, string $public, string $no)
{
    $message = "GET\n/v3/x\n{$no}\n";
    openssl_sign($message, $raw, $pem, 'sha256WithRSAEncryption');
    $sign = base64_encode($raw);
    echo $sign, "\n";

    $key = openssl_get_privatekey($pem);
    $bytes = '';
    openssl_sign($message, $bytes, $key, OPENSSL_ALGO_SHA256);
    openssl_free_key($key);
    echo base64_encode($bytes) === $sign ? 'same' : 'other', "\n";

    echo openssl_verify($message, base64_decode($sign), $public, OPENSSL_ALGO_SHA256), "\n";
    echo openssl_verify("{$message}x", base64_decode($sign), openssl_pkey_get_public($public), 'SHA256'), "\n";
    if (openssl_verify($message, base64_decode($sign), $public, OPENSSL_ALGO_SHA256) === 1) {
        echo "accepted\n";
    }


    openssl_sign($no, $sign, $pem, 7);
    $sign = base64_encode($sign);
    echo $sign, "\n";
    if ($no) {
        openssl_public_encrypt($no, $sealed, $public, OPENSSL_PKCS1_OAEP_PADDING);
        $sealed = base64_encode($sealed);
        openssl_private_decrypt(base64_decode($sealed), $plain, $pem, OPENSSL_PKCS1_OAEP_PADDING);
        echo strlen($sealed), $plain, "\n";
    }
}
