<?php
/* @oracle {"calls": [{"new": "Aes", "with": ["0123456789abcdef0123456789abcdef"], "call": "open", "args": ["a", "123456789012", "8nin0ZxJTYjXNe//7mITLne6z2wgshQ="]}, {"new": "Aes", "with": ["0123456789abcdef0123456789abcdef"], "call": "open", "args": ["b", "123456789012", "8nin0ZxJTYjXNe//7mITLne6z2wgshQ="]}, {"new": "Aes", "with": ["short"], "call": "open", "args": ["a", "123456789012", "AAAA"]}, {"function": "plain", "args": ["8nin0ZxJTYjXNe//7mITLne6z2wgshQ=", "0123456789abcdef0123456789abcdef", "123456789012", "a"]}]} */
class Aes
{
    const TAG = 16;
    private $key;
    public function __construct($key)
    {
        $this->key = $key;
    }
    public function open($associatedData, $nonceStr, $ciphertext)
    {
        $ciphertext = \base64_decode($ciphertext);
        if (strlen($ciphertext) <= self::TAG) {
            return false;
        }
        $ctext = substr($ciphertext, 0, -self::TAG);
        $authTag = substr($ciphertext, -self::TAG);
        return \openssl_decrypt($ctext, 'aes-256-gcm', $this->key, \OPENSSL_RAW_DATA, $nonceStr, $authTag, $associatedData);
    }
}
function plain(string $ciphertext, string $key, string $nonce, string $aad)
{
    $cipher = base64_decode($ciphertext);
    $tag = substr($cipher, -16);
    $body = substr($cipher, 0, -16);
    $text = openssl_decrypt($body, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $nonce, $tag, $aad);
    if ($text === false) {
        return 'failed';
    }
    return json_decode($text, true);
}
