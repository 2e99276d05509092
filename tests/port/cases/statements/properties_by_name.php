<?php
/* @oracle {"runs": [
  {"calls": [{"new": "Settings", "with": [{"mchid": "1900000109", "notify": {"url": "https://a"}, "other": 1}], "call": "show"}]},
  {"calls": [{"new": "Settings", "with": [{"mchid": 5}], "call": "get", "args": ["mchid"]}]},
  {"calls": [{"new": "Settings", "with": [{}], "call": "get", "args": ["notify"]}]},
  {"calls": [{"new": "Settings", "with": [{"extra": [1, 2]}], "call": "has", "args": ["extra"]}]},
  {"calls": [{"new": "Settings", "with": [{}], "call": "has", "args": ["Extra"]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Settings", "with": [{"mchid": "19"}], "call": "ask", "args": ["@instance"]}]}
]} */

class Settings
{
    public $mchid = '';
    protected $notify = null;
    private $extra = [];

    public function __construct(array $config = [])
    {
        foreach ($config as $key => $value) {
            if (property_exists($this, $key)) {
                $this->$key = $value;
            }
        }
    }

    public function has(string $name): bool
    {
        return property_exists(self::class, $name);
    }

    public function get(string $name)
    {
        return property_exists($this, $name) ? $this->$name : 'none';
    }

    public function show(): string
    {
        return $this->mchid . '|' . json_encode($this->notify) . '|' . json_encode($this->extra);
    }

    public function ask(\WeChatPay\BuilderChainable $client): string
    {
        return (string) $client->chain('v3/pay/transactions/id/1')->get(['query' => ['mchid' => $this->mchid]])->getBody();
    }
}
