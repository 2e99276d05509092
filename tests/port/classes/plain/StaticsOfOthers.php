<?php
/* @oracle {"answers": [{"ok": 1}, {"ok": 2}], "kept": {"MerchantOfAll::$mchid": "1900000109", "NumbersBase::$n": 1, "SerialNumbers::$n": 1000, "SerialNumbers::$used": []}, "calls": [{"new": "MerchantOfAll", "with": ["@instance"], "call": "close", "args": ["N1"]}, {"function": "switch_merchant", "args": ["1900000999"]}, {"new": "MerchantOfAll", "with": ["@instance"], "call": "close", "args": ["N2"]}, {"new": "NumbersSub", "call": "raise"}, {"new": "NumbersBase", "call": "n"}, {"new": "SerialNumbers", "with": ["A"], "call": "next"}, {"new": "SerialNumbers", "with": ["B"], "call": "next"}, {"new": "SerialNumbers", "with": ["A"], "call": "take", "args": ["x"]}, {"new": "SerialNumbers", "with": ["B"], "call": "take", "args": ["x"]}, {"new": "ByItsName", "call": "limit"}, {"new": "ByItsName", "call": "raised"}] } */

class MerchantOfAll
{
    public static $mchid = '1900000109';
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function close($no)
    {
        $response = $this->client->chain('v3/pay/transactions/out-trade-no/{no}/close')
            ->post(['no' => $no, 'json' => ['mchid' => self::$mchid]]);
        return json_decode((string) $response->getBody(), true);
    }
}

function switch_merchant(string $mchid)
{
    MerchantOfAll::$mchid = $mchid;
}

class NumbersBase
{
    protected static $n = 1;

    public function n()
    {
        return self::$n;
    }
}

class NumbersSub extends NumbersBase
{
    public function raise()
    {
        self::$n = self::$n + 1;
        parent::$n = static::$n * 10;
        return [NumbersSub::$n, parent::$n];
    }
}

class SerialNumbers
{
    private static $n = 1000;
    private static $used = [];
    private $prefix;

    public function __construct($prefix)
    {
        $this->prefix = $prefix;
    }

    public static function next()
    {
        self::$n = self::$n + 1;
        return self::$n;
    }

    public static function take(string $no)
    {
        if (in_array($no, self::$used)) {
            return false;
        }
        self::$used = array_merge(self::$used, [$no]);
        return true;
    }
}

class ByItsName
{
    private static $limit = 5;
    private static $text = null;

    public function limit()
    {
        return [ByItsName::$limit, self::$limit];
    }

    public static function raised()
    {
        if (ByItsName::$text === null) {
            self::$text = 'six';
        }
        return self::$text;
    }
}
