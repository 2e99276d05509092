<?php
/* @oracle {"calls": [{"new": "App\\Service\\AppPay", "with": ["@privateKey"], "call": "params", "args": ["wx1", "p1"]}]} */

namespace App\Service;

use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

trait Signs
{
    protected function sign(array $fields, $key): string
    {
        return Rsa::sign(Formatter::joinedByLineFeed(...$fields), $key);
    }
}

class AppPay
{
    use Signs;

    public function __construct(private $key)
    {
    }

    public function params(string $appid, string $prepay): array
    {
        $timestamp = (string) Formatter::timestamp();
        $nonce = Formatter::nonce();

        return [
            'appid' => $appid,
            'partnerid' => '1900000109',
            'timestamp' => $timestamp,
            'noncestr' => $nonce,
            'prepayid' => $prepay,
            'package' => 'Sign=WXPay',
            'sign' => $this->sign([$appid, $timestamp, $nonce, $prepay], $this->key),
        ];
    }
}
