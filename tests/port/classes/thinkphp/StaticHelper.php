<?php
/* @oracle {"kept": {"StaticHelper::$prefix": "NO"}, "calls": [{"static": "app\\util\\StaticHelper::yuan", "args": [1999]}, {"static": "app\\util\\StaticHelper::fen", "args": ["19.99"]}, {"static": "app\\util\\StaticHelper::orderNo", "args": ["U", 42]}, {"static": "app\\util\\StaticHelper::ok", "args": [{"a": 1}]}, {"static": "app\\util\\StaticHelper::query", "args": ["@instance", "N1"]}], "answers": [{"trade_state": "SUCCESS"}]} */

namespace app\util;

class StaticHelper
{
    public static $prefix = 'NO';

    public static function yuan(int $fen): string
    {
        return number_format($fen / 100, 2, '.', '');
    }

    public static function fen(string $yuan): int
    {
        return (int) round((float) $yuan * 100);
    }

    public static function orderNo(string $prefix, int $user): string
    {
        return self::$prefix . $prefix . date('YmdHis', 1700000000) . str_pad((string) $user, 6, '0', STR_PAD_LEFT);
    }

    public static function ok(array $data = [], string $msg = 'ok'): array
    {
        return ['code' => 1, 'msg' => $msg, 'data' => $data];
    }

    public static function query($instance, string $no): bool
    {
        $res = $instance->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no, 'query' => ['mchid' => '1900000109']]);
        return json_decode((string) $res->getBody(), true)['trade_state'] === 'SUCCESS';
    }
}
