<?php
/* @oracle {"calls": [{"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "decryptToString", "args": ["transaction", "fdasflkja484", "MI005i5IWLRSve4Ire7hJKzVDOL/A/pTgqmZtaWuc0ekNVSVfOCJzGuOCQtymPTrXIvq"]}, {"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "decryptToString", "args": ["refund", "fdasflkja484", "MI005i5IWLRSve4Ire7hJKzVDOL/A/pTgqmZtaWuc0ekNVSVfOCJzGuOCQtymPTrXIvq"]}, {"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "decryptToString", "args": ["transaction", "fdasflkja484", "YWJj"]}, {"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "decryptToString", "args": ["transaction", "short", "MI005i5IWLRSve4Ire7hJKzVDOL/A/pTgqmZtaWuc0ekNVSVfOCJzGuOCQtymPTrXIvq"]}, {"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "order", "args": [{"ciphertext": "MI005i5IWLRSve4Ire7hJKzVDOL/A/pTgqmZtaWuc0ekNVSVfOCJzGuOCQtymPTrXIvq", "nonce": "fdasflkja484", "associated_data": "transaction"}]}, {"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "order", "args": [{"ciphertext": "AAAAMI005i5IWLRSve4Ire7hJKzVDOL/A/pTgqmZtaWuc0ekNVSVfOCJzGuOCQtymPTrXIvq", "nonce": "fdasflkja484", "associated_data": "transaction"}]}, {"new": "AesUtilOfTheDocs", "with": ["short"], "call": "order", "args": [{"ciphertext": "MI005i5IWLRSve4Ire7hJKzVDOL/A/pTgqmZtaWuc0ekNVSVfOCJzGuOCQtymPTrXIvq", "nonce": "fdasflkja484", "associated_data": "transaction"}]}, {"new": "AesUtilOfTheDocs", "with": ["v3secretv3secretv3secretv3secret"], "call": "size", "args": ["YWJjZA"]}]} */

class AesUtilOfTheDocs
{
    const TAG = 16;
    private $key;

    public function __construct($key)
    {
        $this->key = $key;
    }

    public function decryptToString($associated, $nonce, $ciphertext)
    {
        $ciphertext = \base64_decode($ciphertext);
        if (strlen($ciphertext) <= self::TAG) {
            return false;
        }
        if (function_exists('\sodium_crypto_aead_aes256gcm_is_available') && \sodium_crypto_aead_aes256gcm_is_available()) {
            return \sodium_crypto_aead_aes256gcm_decrypt($ciphertext, $associated, $nonce, $this->key);
        }
        if (PHP_VERSION_ID >= 70100 && in_array('aes-256-gcm', \openssl_get_cipher_methods())) {
            $text = substr($ciphertext, 0, -self::TAG);
            $tag = substr($ciphertext, -self::TAG);
            return \openssl_decrypt($text, 'aes-256-gcm', $this->key, \OPENSSL_RAW_DATA, $nonce, $tag, $associated);
        }
        throw new \RuntimeException('no AES-256-GCM');
    }

    public function order($resource)
    {
        $cipher = base64_decode($resource['ciphertext']);
        $nonce = $resource['nonce'];
        $text = sodium_crypto_aead_aes256gcm_decrypt($cipher, $resource['associated_data'], $nonce, $this->key);
        if ($text === false) {
            throw new \Exception('not decrypted');
        }
        return json_decode($text, true);
    }

    public function size($text)
    {
        $bytes = base64_decode($text);
        return strlen($bytes);
    }
}
