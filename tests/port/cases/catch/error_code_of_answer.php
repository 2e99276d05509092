<?php
/* @oracle {"runs": [{"answers": [[400, {"code": "ORDER_PAID", "message": "paid"}]]}, {"answers": [[400, {"code": "FREQUENCY_LIMIT", "message": "slow"}]]}, {"answers": [[502, "gone"]]}, {"answers": ["timeout"]}], "calls": [{"function": "close", "args": ["@instance", "N1"]}]} */
use GuzzleHttp\Exception\RequestException;

function close($instance, string $no): string
{
    try {
        $instance->chain('v3/pay/transactions/out-trade-no/{out_trade_no}/close')->post(['out_trade_no' => $no, 'json' => ['mchid' => '1']]);
        return 'closed';
    } catch (RequestException $e) {
        if ($e->hasResponse()) {
            $error = json_decode((string) $e->getResponse()->getBody(), true);
            if (isset($error['code']) && $error['code'] === 'ORDER_PAID') {
                return 'paid';
            }
            return $error['message'] ?? 'no message';
        }
        throw $e;
    }
}
