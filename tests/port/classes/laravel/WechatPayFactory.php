<?php
/* @oracle {"foreign": {"config": ["1900000109", "5157F09EFDC0", "@file", "PUB_KEY_ID_0114232134912410000000000000"]}, "answers": [{"data": []}],
 "calls": [{"static": "App\\Support\\WechatPayFactory::certificates", "args": ["@file:merchant_key", "@file:platform_pub"]}]} */

namespace App\Support;

use WeChatPay\Builder;
use WeChatPay\BuilderChainable;
use WeChatPay\Crypto\Rsa;

final class WechatPayFactory
{
    private static ?BuilderChainable $instance = null;

    public static function client(string $key, string $public): BuilderChainable
    {
        if (self::$instance === null) {
            self::$instance = Builder::factory([
                'mchid' => '1900000109',
                'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
                'privateKey' => Rsa::from($key, Rsa::KEY_TYPE_PRIVATE),
                'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($public, Rsa::KEY_TYPE_PUBLIC)],
            ]);
        }

        return self::$instance;
    }

    public static function certificates(string $key, string $public): array
    {
        $response = self::client($key, $public)->chain('v3/certificates')->get();

        return json_decode((string) $response->getBody(), true)['data'];
    }
}
