<?php
/* @oracle {"runs": [{"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "SUCCESS", "refund_id": "5"}}]}, {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "NOTENOUGH"}}]}],
 "calls": [{"new": "app\\service\\V2Refund", "with": ["@instance"], "call": "refund", "args": ["T", "R", 1, 2]}]} */

namespace app\service;

use GuzzleHttp\Promise\RejectionException;
use WeChatPay\Transformer;

class V2Refund
{
    private $instance;

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    public function refund(string $trade, string $refund, int $fee, int $total)
    {
        try {
            $res = $this->instance->v2->secapi->pay->refund->post([
                'xml' => [
                    'appid' => 'wx1', 'mch_id' => '1900000109', 'out_trade_no' => $trade, 'out_refund_no' => $refund,
                    'total_fee' => $total, 'refund_fee' => $fee,
                ],
                'security' => true,
            ]);
            return Transformer::toArray((string) $res->getBody())['refund_id'];
        } catch (RejectionException $e) {
            $body = Transformer::toArray((string) $e->getReason()->getBody());
            return ['error' => $body['err_code'] ?? 'unknown'];
        }
    }
}
