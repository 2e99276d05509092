<?php
/* @oracle {"runs": [
  {"calls": [
    {"new": "Keys", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "signed", "args": ["a\nb\n"]},
    {"new": "Keys", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "verified", "args": ["a", "bm8="]},
    {"new": "Keys", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "again", "args": ["@file:merchant_key", "t"]}]},
  {"calls": [{"new": "Keys", "with": ["@file:merchant_key", "file:///nowhere.pem"], "call": "signed", "args": ["a"]}]},
  {"calls": [{"new": "Keys", "with": ["file:///nowhere.pem", "@file:platform_pub"], "call": "signed", "args": ["a"]}]}]} */

use WeChatPay\Crypto\Rsa;

/** One method reads both kinds of keys. */
class Keys
{
    private $private;
    private $public;

    public function __construct(string $private, string $public)
    {
        $this->private = $this->load($private, Rsa::KEY_TYPE_PRIVATE, 'private');
        $this->public = $this->load($public, Rsa::KEY_TYPE_PUBLIC, 'public');
    }

    private function load(string $path, string $type, string $name)
    {
        try {
            return $this->read($path, $type);
        } catch (\Throwable $e) {
            throw new \RuntimeException("the {$name} key is none: " . ($type === Rsa::KEY_TYPE_PUBLIC ? 'P' : 'S'), 400, $e);
        }
    }

    protected function read(string $path, $type = 'private')
    {
        return Rsa::from($path, $type);
    }

    public function signed(string $text): string
    {
        return Rsa::sign($text, $this->private);
    }

    public function verified(string $text, string $signature): bool
    {
        return Rsa::verify($text, $signature, $this->public);
    }

    public function again(string $path, string $text): array
    {
        $kind = 'private';
        return [Rsa::sign($text, $this->read($path)), $kind];
    }
}
