<?php
/* @oracle {"runs": [{"answers": [{"code_url": "weixin://1"}, {}]}, {"answers": [[500, {"code": "SYSTEM_ERROR", "message": "m"}], {}]}],
  "calls": [{"function": "pay", "args": ["@instance", "N1", 100]}]} */
function pay($instance, string $no, int $total)
{
    try {
        $response = $instance->chain('v3/pay/transactions/native')->post(['json' => [
            'out_trade_no' => $no, 'amount' => ['total' => $total],
        ]]);
        return json_decode((string) $response->getBody(), true);
    } catch (\Exception $e) {
        return null;
    }
}
