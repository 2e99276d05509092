<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}], "calls": [{"new": "Shop", "with": ["@instance"], "call": "run"}, {"new": "Shop", "with": ["@instance"], "call": "run"}]} */
class Shop
{
    private $given;
    public function __construct(\WeChatPay\BuilderChainable $given)
    {
        $this->given = $given;
    }
    private function client(): ?\WeChatPay\BuilderChainable
    {
        static $client = null;
        if ($client == null) {
            echo 'made ';
            $client = $this->given;
        }
        if ($client != null && $client == true) {
            echo 'there ';
        }
        return $client;
    }
    public function run(): int
    {
        return $this->client()->chain('v3/certificates')->get()->getStatusCode();
    }
}
