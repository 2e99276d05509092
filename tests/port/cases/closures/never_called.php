<?php
/* @oracle {"answers": [{"a": 1}, [429, {"code": "FREQUENCY_LIMITED", "message": "slow"}]],
 "calls": [{"new": "Cached", "with": ["@instance"], "call": "get", "args": ["k", true]}, {"new": "Cached", "with": ["@instance"], "call": "get", "args": ["k", false]}, {"new": "Cached", "with": ["@instance"], "call": "get", "args": ["k", false]}, {"new": "Cached", "with": ["@instance"], "call": "optional", "args": [3]}]} */
class Cached
{
    public function __construct(private \WeChatPay\BuilderChainable $api)
    {
    }

    public function get(string $key, bool $known)
    {
        return $this->remember($known, function () use ($key) {
            $answer = $this->api->chain('v3/merchant-service/complaints-v2')->get(['query' => ['k' => $key]]);
            return json_decode((string) $answer->getBody(), true);
        });
    }

    public function optional(int $n): string
    {
        return $this->with($n) . $this->with($n, fn ($m) => $m * 2) . $this->with($n, null);
    }

    private function with(int $n, ?callable $change = null): string
    {
        $found = $change ? $change($n) : 'none';
        if ($change && $n > 2) {
            $found .= '+' . $change($n + 1);
        } elseif (!$change) {
            $found .= '-';
        }
        return "$found;";
    }

    private function remember(bool $known, callable $make)
    {
        if ($known) {
            return 'known';
        }
        return $make();
    }
}
