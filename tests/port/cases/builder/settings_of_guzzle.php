<?php
/* @oracle {"answers": [{"data": []}, {"data": []}], "calls": [{"function": "listed", "args": ["@file:merchant_key", {"key": "@pem:platform_pub"}]}, {"function": "loose", "args": ["@file:merchant_key", {"key": "@pem:platform_pub"}]}]} */

use WeChatPay\Builder;

/** Settings of Guzzle with the values by which it works without them. */
function listed($keyPath, $config)
{
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => file_get_contents($keyPath),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
        'http_errors' => true,
        'debug' => false,
        'synchronous' => null,
        'verify' => true,
        'stream' => false,
    ]);
    return $client->chain('v3/certificates')->get()->getStatusCode();
}

function loose($keyPath, $config)
{
    $settings = [
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => file_get_contents($keyPath),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
        'http_errors' => true,
        'debug' => false,
    ];
    $settings['verify'] = true;
    $client = Builder::factory($settings);
    return $client->chain('v3/certificates')->get()->getStatusCode();
}
