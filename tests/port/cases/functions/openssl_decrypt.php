<?php
/* @oracle {"calls": [{"function": "opened", "args": ["AAAA", "0123456789abcdef0123456789abcdef", "012345678901", "x"]}]} */
function opened(string $text, string $key, string $nonce, string $aad)
{
    $bytes = base64_decode($text);
    return openssl_decrypt(substr($bytes, 0, -16), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $nonce, substr($bytes, -16), $aad);
}
