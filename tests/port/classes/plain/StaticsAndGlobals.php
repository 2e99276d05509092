<?php
/* @oracle {"answers": [{"code_url": "a"}, {"code_url": "b"}], "calls": [{"new": "StaticsAndGlobals", "with": ["@instance"], "call": "runs", "args": [["1", "2"]]}]} */
class StaticsAndGlobals
{
    private static $cache = [];
    public static $count = 0;
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function runs(array $numbers): array
    {
        $out = [];
        foreach ($numbers as $no) {
            $out[] = $this->pay($no);
            $out[] = $this->pay($no);
        }
        return [$out, StaticsAndGlobals::$cache, static::$count, self::$count];
    }

    private function pay(string $no): array
    {
        static $calls = 0, $seen = [], $last;
        $calls++;
        StaticsAndGlobals::$count += 2;
        if (isset($seen[$no])) {
            return ['again', $calls, $last];
        }
        $seen[$no] = true;
        $response = $this->client->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no, 'description' => "call {$calls}"]]);
        $last = json_decode((string) $response->getBody(), true)['code_url'];
        self::$cache[$no] = $last;
        static::$cache['list'][] = $no;
        return ['paid', $calls, $last];
    }
}
