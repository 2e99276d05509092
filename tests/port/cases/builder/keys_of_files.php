<?php
/* @oracle {"calls": [
  {"static": "Certificates::serials", "args": [["a", "b"], "@file:platform_pub"]},
  {"static": "Certificates::verified", "args": [["a", "b"], "@file:platform_pub", "b"]},
  {"static": "Certificates::verified", "args": [["a", "b"], "@file:platform_pub", "c"]},
  {"static": "Certificates::serials", "args": [["a"], "file:///no/such/file.pem"]}]} */

use WeChatPay\Crypto\Rsa;

class Certificates
{
    public static function serials($serials, $path)
    {
        return array_keys(self::all($serials, $path));
    }

    public static function verified($serials, $path, $serial)
    {
        $all = self::all($serials, $path);
        if (!array_key_exists($serial, $all)) {
            return 'none';
        }
        return Rsa::verify('text', 'signature', $all[$serial]);
    }

    private static function all($serials, $path)
    {
        return array_combine($serials, array_map(function ($serial) use ($path) {
            return Rsa::from($path, Rsa::KEY_TYPE_PUBLIC);
        }, $serials));
    }
}
