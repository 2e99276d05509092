<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}], "calls": [{"new": "TypedProperties", "with": ["@instance", "5", 7], "call": "run", "args": ["3", 2]}]} */
class TypedProperties
{
    private int $total;
    private ?string $memo = null;
    private float $rate = 1;
    private ?bool $paid = null;
    private ?int $count = null;
    private $client;

    public function __construct($client, $total, $memo)
    {
        $this->client = $client;
        if ($memo) {
            $this->total = $total;
        }
        $this->memo = $memo;
    }

    public function run($count, $paid)
    {
        $this->send();
        $this->count = $count;
        $this->paid = $paid;
        $this->rate = $count;
        $this->total += $count;
        $this->memo .= 8;
        $this->send();
        $this->memo = null;
        return [$this->total, $this->memo, $this->rate, $this->paid, $this->count];
    }

    private function send()
    {
        $this->client->chain('v3/pay/transactions/native')->post(['json' => [
            'total' => $this->total, 'memo' => $this->memo, 'rate' => $this->rate, 'paid' => $this->paid, 'count' => $this->count,
        ]]);
    }
}
