<?php
/* @oracle {"runs": [
    {"answers": [{}], "calls": [{"function": "sent", "args": ["@instance", "19.9"]}]},
    {"answers": [{}], "calls": [{"function": "sent", "args": ["@instance", 0.295]}]},
    {"answers": [{}], "calls": [{"function": "sent", "args": ["@instance", "x"]}]},
    {"answers": [{}], "calls": [{"new": "Bill", "with": ["@instance"], "call": "set", "args": [19.99]}]},
    {"answers": [{}], "calls": [{"function": "limits", "args": []}]}
]} */

error_reporting(E_ALL & ~E_DEPRECATED);

function fen(int $fee): int
{
    return $fee;
}

function rounded($yuan): int
{
    return $yuan * 100;
}

function sent($instance, $yuan)
{
    $instance->chain('v3/x')->post(['json' => ['fee' => fen($yuan * 100), 'again' => rounded($yuan)]]);
}

class Bill
{
    private int $total = 0;
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function set($yuan)
    {
        $this->total = $yuan * 100.5;
        $this->client->chain('v3/x')->post(['json' => ['fee' => $this->total]]);
        return $this->total;
    }
}

function limits()
{
    foreach ([-0.5, 1.9, -1.9, '7.9', '1e3', 9.2e18, 9.3e18, 1e30, '5 apples', ''] as $value) {
        try {
            echo fen($value), ' ';
        } catch (\TypeError $e) {
            echo 'TypeError ';
        }
    }
}
