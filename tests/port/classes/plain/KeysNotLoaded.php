<?php
/* @oracle {"calls": [{"new": "KeysNotLoaded", "call": "signed", "args": ["a"]}, {"new": "KeysNotLoaded", "call": "load", "args": ["@pem:merchant_key"]}, {"new": "KeysNotLoaded", "call": "signed", "args": ["a"]}, {"new": "KeysNotLoaded", "call": "opened", "args": ["AA=="]}]} */

use WeChatPay\Crypto\Rsa;

class KeysNotLoaded
{
    private $key = '';
    private $other = '';

    public function load(string $pem): void
    {
        $this->key = Rsa::from($pem);
    }

    public function other(string $pem): void
    {
        $this->other = Rsa::from($pem);
    }

    public function signed(string $text): string
    {
        try {
            return Rsa::sign($text, $this->key);
        } catch (\UnexpectedValueException $e) {
            return 'unsigned';
        }
    }

    public function opened(string $cipher): string
    {
        try {
            return Rsa::decrypt($cipher, $this->other);
        } catch (\UnexpectedValueException $e) {
            return 'closed';
        }
    }
}
