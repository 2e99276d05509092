<?php
/* @oracle {"runs": [
  {"calls": [{"new": "Options", "with": ["@instance", {"mchid": "19", "retries": "3", "extra": [1], "notify": "https://a"}], "call": "show"}]},
  {"calls": [{"new": "Options", "with": ["@instance", {"mchid": 5, "ratio": 2, "list": null, "unknown": 1}], "call": "show"}]},
  {"calls": [{"new": "Options", "with": ["@instance", {"client": null, "list": {"a": 1}}], "call": "show"}]},
  {"calls": [{"new": "Options", "with": ["@instance", {}], "call": "tried", "args": [{"ratio": 3, "extra": "text", "list": [2]}]}]},
  {"calls": [{"new": "Options", "with": ["@instance", {}], "call": "tried", "args": [{"list": false, "ratio": 3}]}]},
  {"calls": [{"new": "Options", "with": ["@instance", {}], "call": "tried", "args": [{"other": "text"}]}]},
  {"calls": [{"new": "Options", "with": ["@instance", {}], "call": "tried", "args": [{"mchid": null}]}]},
  {"calls": [{"new": "Options", "with": ["@instance", {}], "call": "tried", "args": [{"retries": 4, "list": null, "ratio": 2}]}]},
  {"calls": [{"new": "Options", "with": ["@instance", {"client": null}], "call": "clear", "args": [{"other": null}]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Options", "with": ["@instance", {"mchid": "19"}], "call": "ask"}]},
  {"calls": [{"new": "Options", "with": ["@instance", {}], "call": "clear", "args": [{"client": null, "mchid": "7"}]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Options", "with": ["@instance", {}], "call": "clear", "args": [{"mchid": "7"}]}]}
]} */

use WeChatPay\BuilderChainable;

class Options
{
    private string $mchid = '';
    private int $retries = 1;
    private float $ratio = 1.5;
    protected array $extra = [];
    protected ?array $list = [];
    public $notify;
    private $client;
    private ?BuilderChainable $other = null;

    public function __construct(BuilderChainable $client, array $config = [])
    {
        $this->client = $client;
        $this->other = $client;
        $this->notify = 'none';
        foreach ($config as $name => $value) {
            if (!property_exists($this, $name)) {
                continue;
            }
            $this->$name = is_string($value) ? trim($value) : $value;
        }
        if ($this->client === null) {
            $this->client = $client;
        }
    }

    public function clear(array $config): string
    {
        foreach ($config as $name => $value) {
            if (property_exists($this, $name) && $name !== 'notify') {
                $this->$name = $value;
            }
        }
        return $this->client === null ? 'no client' : $this->ask() . ($this->other === null ? '!' : '.');
    }

    public function tried(array $config): string
    {
        try {
            foreach ($config as $name => $value) {
                if (property_exists($this, $name)) {
                    $this->$name = $value;
                }
            }
        } catch (\TypeError $e) {
            return 'TypeError ' . $this->show();
        }
        return $this->show();
    }

    public function show(): string
    {
        return json_encode([$this->mchid, $this->retries, $this->ratio, $this->extra, $this->list, $this->notify]);
    }

    public function ask(): string
    {
        return (string) $this->client->chain('v3/pay/transactions/id/1')->get(['query' => ['mchid' => $this->mchid]])->getBody();
    }
}
