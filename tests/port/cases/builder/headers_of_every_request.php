<?php
/* @oracle {"answers": [{"data": []}, {"prepay_id": "1"}, {"data": []}, {"data": []}, {"ok": 1}], "define": {}, "runs": [
  {"calls": [{"new": "Orders", "with": ["@pem:merchant_key", {"key": "@pem:platform_pub", "id": "PUB_KEY_ID_0114232134912410000000000000", "tenant": 7}], "call": "run", "args": ["A1"]}]},
  {"calls": [{"function": "listed", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, {"X-Tenant": "a", "Accept": "application/json"}]}]},
  {"calls": [{"function": "in_steps", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, null]}, {"function": "in_steps", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "t"]}]},
  {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "SUCCESS"}}], "calls": [{"function": "old", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]}
]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class Orders
{
    private $instance;

    public function __construct($private, array $config)
    {
        $this->instance = Builder::factory([
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => Rsa::from($private),
            'certs' => [$config['id'] => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
            'headers' => [
                'Wechatpay-Serial' => $config['id'],
                'X-Tenant' => $config['tenant'],
                'Content-Type' => 'application/json; charset=gbk',
                'Accept' => 'application/json',
            ],
            'connect_timeout' => 5.0,
            'timeout' => 15.0,
        ]);
    }

    /** Without a body, with JSON, with headers of the call that replace others, and with a body of text. */
    public function run($no)
    {
        $codes = [];
        $codes[] = $this->instance->chain('v3/certificates')->get()->getStatusCode();
        $codes[] = $this->instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no]])->getStatusCode();
        $codes[] = $this->instance->chain('v3/certificates')->get(['headers' => ['x-tenant' => 'own', 'Accept' => 'text/plain']])->getStatusCode();
        $codes[] = $this->instance->chain('v3/certificates')->get(['query' => ['a' => $no], 'headers' => ['X-More' => 'm']])->getStatusCode();
        return $codes;
    }
}

function listed($private, $config, array $headers)
{
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => $private,
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
        'headers' => $headers,
        'verify' => count($headers) > 1,
        'debug' => false,
    ]);
    return $client->chain('v3/certificates')->get()->getStatusCode();
}

function in_steps($private, $config, $tenant)
{
    $settings = [
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => $private,
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
    ];
    if ($tenant !== null) {
        $settings['headers'] = ['X-Tenant' => [$tenant, 'second']];
    }
    $client = Builder::factory($settings);
    return $client->chain('v3/certificates')->get()->getStatusCode();
}

function old($private, $config)
{
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => $private,
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
        'secret' => 'exposed_your_key_here_have_risks',
        'headers' => ['X-Tenant' => 'old', 'Content-Type' => 'text/xml'],
    ]);
    return $client->v2->pay->unifiedorder->post(['xml' => ['mch_id' => '1900000109', 'appid' => 'wx1']])->getStatusCode();
}
