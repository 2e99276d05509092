<?php
/* @oracle {"answers": [{"state": "SUCCESS"}, {"state": "CLOSED"}, {"data": [1, 2]}],
 "application": {"grant": ["client", "mchid", "prefix"], "report": ["mchid"], "next_no": [], "of": []},
 "foreign": {"grant": [{"sent": 2, "failed": ["b"]}, {"@throw": "no stock", "@class": "DomainException"}],
  "report": ["ok: 2"], "next_no": [41, 42], "of": ["@instance"]},
 "calls": [
 {"new": "App\\Coupon\\Grants", "with": ["@instance", "1900000109"], "call": "all", "args": ["20261130", ["a", "b"]]},
 {"new": "App\\Coupon\\Grants", "with": ["@instance", "1900000109"], "call": "all", "args": ["20261201", []]},
 {"new": "App\\Coupon\\Grants", "with": ["@instance", "1900000109"], "call": "state", "args": ["7"]},
 {"new": "App\\Coupon\\Shops", "call": "orders", "args": [3]},
 {"function": "App\\Coupon\\next_no", "args": ["c"]}]} */

namespace App\Coupon;

use WeChatPay\BuilderChainable;

/** A part of `grant` and of `report` is not translated: the application has both, and their private method. */
class Grants
{
    private string $prefix = 'G';

    public function __construct(private BuilderChainable $client, private string $mchid)
    {
    }

    public function all(string $day, array $openids): array
    {
        try {
            $result = $this->grant(next_no($day), $openids);
        } catch (\DomainException $e) {
            return ['error' => $e->getMessage(), 'state' => $this->state($day)];
        }
        return ['result' => $result, 'report' => $this->report($result['sent'], 3), 'state' => $this->state($day)];
    }

    public function state(string $no): string
    {
        $answer = $this->client->chain("v3/marketing/favor/stocks/{$no}")->get(['query' => ['stock_creator_mchid' => $this->mchid]]);
        return json_decode((string) $answer->getBody(), true)['state'] ?? 'none';
    }

    private function grant(int $no, array $openids, int $times = 2): array
    {
        $failed = [];
        foreach ($openids as $openid) {
            again:
            try {
                $this->client->chain('v3/marketing/favor/users/' . $openid . '/coupons')->post(['json' => [
                    'stock_id' => $this->prefix . $no, 'stock_creator_mchid' => $this->mchid,
                ]]);
            } catch (\RuntimeException $e) {
                if (--$times > 0) {
                    goto again;
                }
                $this->note($failed, $openid);
            }
        }
        return ['sent' => count($openids) - count($failed), 'failed' => $failed];
    }

    private function note(array &$failed, string $openid): void
    {
        $failed[] = $openid;
    }

    protected function report(int $sent, int ...$others): string
    {
        begin:
        $text = ($sent > 0 ? 'ok' : 'none') . ': ' . $sent;
        if ($this->mchid === '') {
            goto begin;
        }
        return $text;
    }
}

/** The clients of the shops: the application makes and keeps them. */
class Shops
{
    private static array $made = [];

    public function orders(int $shop): int
    {
        $answer = self::of($shop)->chain('v3/marketing/favor/stocks')->get(['query' => ['offset' => $shop]]);
        return count(json_decode((string) $answer->getBody(), true)['data']);
    }

    private static function of(int $shop): BuilderChainable
    {
        again:
        if (!isset(self::$made[$shop])) {
            self::$made[$shop] = shop_client($shop);
            goto again;
        }
        return self::$made[$shop];
    }
}

/** The number lives as long as the process. */
function next_no(string $day): int
{
    static $no = 40;
    again:
    if (++$no < 1) {
        goto again;
    }
    return $no;
}
