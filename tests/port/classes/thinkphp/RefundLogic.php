<?php
/* @oracle {"foreign": {"RefundModel::where->find": [{"@object": {"sn": "R1", "order_sn": "S1", "money": 5, "total": 10}}], "RefundModel::update": [1]},
 "runs": [{"answers": [{"status": "SUCCESS"}]}, {"answers": [{"status": "PROCESSING"}]}, {"answers": ["connect"]}],
 "calls": [{"static": "app\\common\\logic\\RefundLogic::refund", "args": ["@instance", 3]}]} */

namespace app\common\logic;

use app\common\model\RefundModel;

class RefundLogic
{
    const DONE = 1;
    const WAIT = 2;

    public static function refund($instance, int $id): int
    {
        $refund = RefundModel::where('id', $id)->find();
        $resp = $instance->chain('v3/refund/domestic/refunds')->post([
            'json' => [
                'out_trade_no' => $refund->order_sn,
                'out_refund_no' => $refund->sn,
                'amount' => ['refund' => $refund->money, 'total' => $refund->total, 'currency' => 'CNY'],
            ],
        ]);
        $res = json_decode($resp->getBody()->getContents(), true);
        $state = $res['status'] == 'SUCCESS' ? self::DONE : self::WAIT;
        RefundModel::update(['state' => $state], ['id' => $id]);
        return $state;
    }
}
