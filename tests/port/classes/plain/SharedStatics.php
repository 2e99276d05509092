<?php
/* @oracle {"answers": [{"ok": 1}, {"ok": 2}], "kept": {"SharedStatics::$config": {"mchid": "1"}, "SharedStatics::$appid": "", "SharedStatics::$count": 0, "BaseOfShared::$name": "base"}, "calls": [{"new": "SharedStatics", "with": ["@instance", {"mchid": "19", "appid": "wx1"}], "call": "close", "args": ["N1"]}, {"new": "SharedStatics", "with": ["@instance", {"mchid": "20"}], "call": "close", "args": ["N2"]}, {"new": "SharedStatics", "with": ["@instance", {"mchid": "19", "appid": "wx1"}], "call": "described"}, {"new": "SharedStatics", "with": ["@instance", {"mchid": "20"}], "call": "limit"}]} */

class BaseOfShared
{
    public static $name = 'base';

    public static function rename($name)
    {
        self::$name = $name;
    }
}

class SharedStatics
{
    protected static $config = ['mchid' => '1'];
    protected static $appid = '';
    public static $count = 0;
    private static $limit = 5;
    private $client;

    public function __construct($client, $config)
    {
        $this->client = $client;
        self::$config = $config;
        static::$appid = $config['appid'] ?? '';
    }

    public function close($no)
    {
        self::$config['last'] = $no;
        SharedStatics::$count = self::$count + 1;
        BaseOfShared::$name = 'of ' . $no;
        $response = $this->client->chain('v3/pay/transactions/out-trade-no/{no}/close')
            ->post(['no' => $no, 'json' => ['mchid' => self::$config['mchid']]]);
        return json_decode((string) $response->getBody(), true);
    }

    public function described()
    {
        return [SharedStatics::$config, static::$appid, self::$count, BaseOfShared::$name];
    }

    public function limit()
    {
        return self::$limit;
    }
}
