<?php
/* @oracle {"answers": [{"code_url": "w"}, {"trade_state": "SUCCESS"}, 204], "calls": [{"new": "WxPay", "with": [{"mchid": "1900000109", "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "key": "@file:merchant_key", "pub": "@file:platform_pub"}], "call": "native", "args": ["N", 1]}, {"new": "WxPay", "with": [{"mchid": "1900000109", "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "key": "@file:merchant_key", "pub": "@file:platform_pub"}], "call": "state", "args": ["N"]}]} */

require_once 'vendor/autoload.php';

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class WxPay
{
    private $instance;
    private $config;

    public function __construct(array $config)
    {
        $this->config = $config;
        $this->instance = Builder::factory([
            'mchid' => $config['mchid'],
            'serial' => $config['serial'],
            'privateKey' => Rsa::from($config['key'], Rsa::KEY_TYPE_PRIVATE),
            'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['pub'], Rsa::KEY_TYPE_PUBLIC)],
        ]);
    }

    public function native($no, $fee)
    {
        $resp = $this->instance->chain('v3/pay/transactions/native')->post(['json' => [
            'mchid' => $this->config['mchid'], 'out_trade_no' => $no, 'amount' => ['total' => $fee],
        ]]);
        return json_decode($resp->getBody(), true);
    }

    public function state($no)
    {
        $resp = $this->instance->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no, 'query' => ['mchid' => $this->config['mchid']]]);
        return json_decode($resp->getBody(), true)['trade_state'];
    }
}
