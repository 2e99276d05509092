<?php
/* @oracle {"answers": [{"data": [1]}, [400, {"code": "A", "message": "bad"}], "timeout"], "calls": [{"new": "KeysThatBeginEmpty", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "listed"}, {"new": "KeysThatBeginEmpty", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "listed"}, {"new": "KeysThatBeginEmpty", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "listed"}, {"new": "KeysThatBeginEmpty", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "signed", "args": ["text"]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class KeysThatBeginEmpty
{
    public $merchantKey = '';
    public $platformKey = '';
    public $instance = '';
    public $note = '';

    public function __construct($keyFile, $pubFile)
    {
        $this->merchantKey = Rsa::from($keyFile, Rsa::KEY_TYPE_PRIVATE);
        $this->platformKey = Rsa::from($pubFile, Rsa::KEY_TYPE_PUBLIC);
        $this->instance = Builder::factory([
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => $this->merchantKey,
            'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $this->platformKey],
        ]);
    }

    public function listed()
    {
        try {
            $response = $this->instance->chain('v3/certificates')->get();
            return json_encode($response) . $this->note;
        } catch (\GuzzleHttp\Exception\RequestException $e) {
            $answer = $e->getResponse();
            return 'failed ' . json_encode($answer);
        } catch (\GuzzleHttp\Exception\ConnectException $e) {
            return 'no connection';
        }
    }

    public function signed($text)
    {
        return Rsa::sign($text, $this->merchantKey);
    }
}
