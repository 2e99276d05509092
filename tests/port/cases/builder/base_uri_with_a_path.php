<?php
/* @oracle {"answers": [{"a": 1},{"a": 2},{"a": 3}], "runs": [
  {"calls": [{"function": "slash", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"calls": [{"function": "none", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"calls": [{"function": "root", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"calls": [{"function": "variable", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "https://gate.example.com/some/path/"]}]},
  {"calls": [{"function": "variable", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "https://gate.example.com/some/path"]}]},
  {"calls": [{"function": "variable", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}, "https://gate.example.com"]}]},
  {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "SUCCESS"}}], "calls": [{"function": "old", "args": ["@pem:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"answers": [{"a": 1},{"a": 2}], "calls": [{"function": "one", "args": ["@instance", "https://gate.example.com/some/path"]}]}
]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function slash($private, $config)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => 'https://gate.example.com/some/path/',
    ]);
    return [
        $instance->chain('v3/certificates')->get(['query' => ['a' => 'b']])->getStatusCode(),
        $instance->v3->pay->transactions->native->post(['json' => ['a' => 'b']])->getStatusCode(),
    ];
}

function none($private, $config)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => 'https://gate.example.com/some/path',
    ]);
    return $instance->chain('v3/certificates')->get()->getStatusCode();
}

function root($private, $config)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => 'https://gate.example.com',
    ]);
    return $instance->chain('v3/certificates')->get()->getStatusCode();
}

function variable($private, $config, $base)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'base_uri' => $base,
    ]);
    return $instance->chain('v3/certificates')->get()->getStatusCode();
}

function old($private, $config)
{
    $instance = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => Rsa::from($private),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($config['key'], Rsa::KEY_TYPE_PUBLIC)],
        'secret' => '12345678901234567890123456789012',
        'base_uri' => 'https://gate.example.com/some/path/',
    ]);
    return $instance->chain('v2/pay/micropay')->post(['xml' => ['mch_id' => '1900000109']])->getStatusCode();
}

function one($instance, $base)
{
    return [
        $instance->chain('v3/certificates')->get(['base_uri' => $base])->getStatusCode(),
        $instance->chain('v3/certificates')->get(['base_uri' => 'https://gate.example.com/some/path'])->getStatusCode(),
    ];
}
