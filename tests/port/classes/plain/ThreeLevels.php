<?php
/* @oracle {"answers": [{"ok": 1}], "calls": [{"new": "ShopPay", "with": ["@instance", "m1"], "call": "run", "args": ["x"]}, {"new": "ShopPay", "with": ["@instance", "m1"], "call": "seen"}, {"new": "OtherPay", "with": ["@instance"], "call": "seen"}]} */

class RootPay
{
    protected $client;
    protected $seen = [];

    public function __construct($client)
    {
        $this->client = $client;
        $this->seen[] = 'root';
    }

    public function describe(string $what): string
    {
        return "root {$what}";
    }

    public function seen(): string
    {
        return implode(',', $this->seen);
    }
}

class MerchantPay extends RootPay
{
    protected string $mchid;

    public function __construct($client, string $mchid)
    {
        parent::__construct($client);
        $this->mchid = $mchid;
        $this->seen[] = "merchant {$mchid}";
    }

    public function describe(string $what): string
    {
        return 'merchant ' . parent::describe($what);
    }

    protected function call(array $json): int
    {
        return $this->client->chain('v3/pay/transactions/native')->post(['json' => $json + ['mchid' => $this->mchid]])->getStatusCode();
    }
}

class ShopPay extends MerchantPay
{
    private int $count = 0;

    public function __construct($client, string $mchid)
    {
        $this->seen[] = 'before';
        parent::__construct($client, strtoupper($mchid));
        $this->seen[] = 'after';
    }

    public function run(string $no): string
    {
        $this->count++;
        return $this->describe($no) . $this->call(['out_trade_no' => $no, 'count' => $this->count]);
    }
}

class OtherPay extends RootPay
{
}
