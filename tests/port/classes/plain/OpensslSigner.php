<?php
/* @oracle {"runs": [{"define": {}, "calls": [{"new": "Signer", "with": ["@pem:merchant_key", "S1"], "call": "authorization", "args": ["POST", "/v3/x", "{}"]}]},
 {"calls": [{"new": "Signer", "with": ["@pem:merchant_key", "S1"], "call": "params", "args": ["prepay1"]}]}]} */

class Signer
{
    private $privateKey;
    private $serial;

    public function __construct(string $privateKey, string $serial)
    {
        $this->privateKey = $privateKey;
        $this->serial = $serial;
    }

    private function getKey()
    {
        return openssl_get_privatekey($this->privateKey);
    }

    public function authorization(string $method, string $url, string $body): string
    {
        $timestamp = '1600000000';
        $nonce = 'nonce';
        $message = $method . "\n" . $url . "\n" . $timestamp . "\n" . $nonce . "\n" . $body . "\n";
        openssl_sign($message, $raw_sign, $this->getKey(), 'sha256WithRSAEncryption');
        $sign = base64_encode($raw_sign);

        return sprintf('nonce_str="%s",timestamp="%d",serial_no="%s",signature="%s"', $nonce, $timestamp, $this->serial, $sign);
    }

    public function params(string $prepay): array
    {
        $sign = $this->signed("prepay_id={$prepay}", $this->getKey());

        return ['package' => "prepay_id={$prepay}", 'paySign' => $sign];
    }

    private function signed($text, $pri_key)
    {
        $key = openssl_pkey_get_private($pri_key);
        openssl_sign($text, $signature, $key, 'SHA256');
        $sign = base64_encode($signature);

        return $sign;
    }
}
