<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}]}], "calls": [{"new": "Lists", "with": ["@instance"], "call": "all", "args": [["b", "a", "c"]]}, {"function": "plain", "args": [["x ", " y"], 3]}]} */
function doubled(int $n, int $by = 2): int
{
    return $n * $by;
}

function plain(array $texts, int $rate)
{
    $scale = function ($n) use ($rate) {
        return $n * $rate;
    };
    $arrow = fn ($n) => $n + 1;
    usort($texts, 'strcmp_reversed');
    return [
        array_map('trim', $texts), array_map('strtoupper', $texts), array_map(trim(...), $texts), array_map('doubled', [1, 2]),
        array_map($scale, [1, 2]), array_map($arrow, ['k' => 1]), $scale(5), array_filter([0, 1, 2, 3], 'is_odd'),
        call_user_func('doubled', 4), call_user_func_array('doubled', [4, 5]), call_user_func($scale, 7),
        array_values(array_filter([0, 5], $arrow)), doubled(by: 3, n: 4), doubled(n: 6),
    ];
}

function is_odd($n): bool
{
    return $n % 2 === 1;
}

function strcmp_reversed($a, $b): int
{
    return $b <=> $a;
}

class Lists
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all(array $names)
    {
        $marked = array_map([$this, 'mark'], $names);
        $again = array_map($this->mark(...), $names);
        usort($names, [self::class, 'order']);
        $mark = $this->mark(...);
        $sent = array_map(function ($name) {
            return $this->client->chain('v3/certificates')->get(['query' => ['name' => $name]])->getStatusCode();
        }, [$names[0], 'z']);
        return [$marked, $again, $names, $mark('q'), $sent, call_user_func([$this, 'mark'], 'w')];
    }

    private function mark(string $name): string
    {
        return '<' . $name . '>';
    }

    private static function order($a, $b): int
    {
        return $b <=> $a;
    }
}
