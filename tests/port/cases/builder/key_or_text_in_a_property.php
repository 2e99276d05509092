<?php
/* @oracle {"runs": [
  {"answers": [{"a": 1}], "calls": [{"new": "Merchant", "with": ["@file:merchant_key", "@file:platform_pub", null], "call": "ask"}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Merchant", "with": ["@file:merchant_key", "@file:platform_pub", "@pem:platform_pub"], "call": "ask"}]},
  {"calls": [{"new": "Merchant", "with": ["@file:merchant_key", "@file:platform_pub", null], "call": "signed", "args": ["text", false]}]},
  {"calls": [{"new": "Merchant", "with": ["@file:merchant_key", "@file:platform_pub", null], "call": "signed", "args": ["text", true]}]},
  {"calls": [{"new": "Merchant", "with": ["@file:merchant_key", "@file:platform_pub", "@pem:platform_pub"], "call": "verified", "args": ["text", "c2ln"]}]},
  {"calls": [{"new": "Merchant", "with": ["@file:merchant_key", "file:///no/such/file", null], "call": "ask"}]}
]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class Merchant
{
    private $keyFile;
    private $platformKey;
    private $client;

    public function __construct($keyFile, $pubFile, $pem)
    {
        $this->keyFile = $keyFile;
        if (empty($pem)) {
            $this->platformKey = Rsa::from($pubFile, Rsa::KEY_TYPE_PUBLIC);
        } else {
            $this->platformKey = $pem;
        }
        $this->client = Builder::factory([
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => Rsa::from($keyFile, Rsa::KEY_TYPE_PRIVATE),
            'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $this->platformKey],
        ]);
    }

    public function ask()
    {
        return (string) $this->client->chain('v3/certificates')->get()->getBody();
    }

    public function signed(string $text, bool $read): string
    {
        if ($read) {
            $key = Rsa::from($this->keyFile);
        } else {
            $key = $this->keyFile;
        }
        return Rsa::sign($text, $key);
    }

    public function verified(string $text, string $signature): bool
    {
        return $this->platformKey !== null && Rsa::verify($text, $signature, $this->platformKey);
    }
}
