<?php
/* @oracle {"runs": [
  {"calls": [{"new": "Handlers", "with": ["P"], "call": "go", "args": ["paid", {"a": 1}, "one"]}]},
  {"calls": [{"new": "Handlers", "with": ["P"], "call": "go", "args": ["closed", {"a": 2}, "two"]}]},
  {"calls": [{"new": "Handlers", "with": ["P"], "call": "go", "args": ["none", {"a": 2}, "three"]}]},
  {"calls": [{"new": "Handlers", "with": ["P"], "call": "blind", "args": ["double", 4]}]},
  {"calls": [{"new": "Handlers", "with": ["P"], "call": "blind", "args": ["none", 4]}]},
  {"answers": [{"code_url": "weixin://a"}], "calls": [{"new": "Handlers", "with": ["P"], "call": "pay", "args": ["@instance", "native", "A1"]}]},
  {"answers": [{"h5_url": "https://b"}], "calls": [{"new": "Handlers", "with": ["P"], "call": "pay", "args": ["@instance", "h5", "A1"]}]}
]} */

use WeChatPay\BuilderChainable;

class Handlers
{
    private $prefix;
    private $seen = 0;

    public function __construct(string $prefix)
    {
        $this->prefix = $prefix;
    }

    /** The closures keep what they take as it is where the array is made. */
    public function go(string $state, array $data, string $note)
    {
        $handlers = [
            'paid' => function ($order) use ($note) {
                return $this->prefix . $order['a'] . $note;
            },
            'closed' => fn ($order) => 'closed ' . $order['a'] . $note,
            'refunded' => function () {
                return 'refunded';
            },
        ];
        $note = 'changed';
        if (!isset($handlers[$state])) {
            return 'unknown ' . $note;
        }
        return $handlers[$state]($data) . '/' . $handlers['refunded']();
    }

    public function blind(string $name, int $number)
    {
        $table = [
            'double' => static function (int $n) {
                return $n * 2;
            },
            'half' => static function (int $n) {
                return $n / 2;
            },
        ];
        try {
            return $table[$name]($number);
        } catch (\Error $e) {
            return $e->getMessage();
        }
    }

    public function pay(BuilderChainable $client, string $type, string $no): array
    {
        $shown = [
            'native' => function (array $data) {
                $this->seen++;
                return ['qr', $data['code_url'], $this->seen];
            },
            'h5' => function (array $data) {
                $this->seen += 2;
                return ['url', $data['h5_url'], $this->seen];
            },
        ];
        $response = $client->chain('v3/pay/transactions/' . $type)->post(['json' => ['out_trade_no' => $no]]);
        return $shown[$type](json_decode((string) $response->getBody(), true));
    }
}
