<?php
/* @oracle {"answers": [{"data": []}], "calls": [{"function": "listed", "args": ["@file:merchant_key", {"key": "@pem:platform_pub", "id": "PUB_KEY_ID_0114232134912410000000000000"}]}]} */

use WeChatPay\Builder;

/** Guzzle, which is given the settings that are not the SDK's, ignores a name that it does not know. */
function listed($keyPath, $config)
{
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => file_get_contents($keyPath),
        'Wechatpay-Serial' => $config['id'],
        'appid' => 'wx8888888888888888',
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
    ]);
    $response = $client->chain('v3/certificates')->get();
    return [json_encode($response), json_encode($response, JSON_PRETTY_PRINT), json_decode($response->getBody(), true)];
}
