<?php
/* @oracle {"foreign": {"Request->post": ["N1", 100], "json": [{"@object": {"j": 1}}], "Log::error": [null]}, "runs": [{"answers": [{"code_url": "w"}]}, {"answers": ["timeout"]}],
 "calls": [{"new": "app\\controller\\PayController", "with": ["@instance"], "call": "native", "args": ["N1", 100]}]} */

namespace app\controller;

use support\Log;

class PayController
{
    private $wechat;

    public function __construct($wechat)
    {
        $this->wechat = $wechat;
    }

    public function native(string $no, int $fee)
    {
        try {
            $resp = $this->wechat->v3->pay->transactions->native->post(['json' => ['out_trade_no' => $no, 'amount' => ['total' => $fee]]]);
            return json(['code' => 0, 'url' => json_decode((string) $resp->getBody(), true)['code_url']]);
        } catch (\Throwable $e) {
            Log::error('native ' . $no);
            return json(['code' => 1, 'msg' => 'busy']);
        }
    }
}
