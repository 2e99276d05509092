<?php
/* @oracle {"foreign": {"Refund::create": [{"@object": {"id": 7}}], "Refund::where->update": [1], "DB::transaction": [null]},
 "runs": [{"answers": [{"refund_id": "R9", "status": "PROCESSING"}]}, {"answers": [[403, {"code": "NOT_ENOUGH", "message": "poor"}]]}, {"answers": ["timeout"]}],
 "calls": [{"new": "App\\Services\\RefundService", "with": ["@instance"], "call": "refund", "args": ["T1", "R1", 50, 100, "returned"]}]} */

namespace App\Services;

use App\Models\Refund;
use GuzzleHttp\Exception\ClientException;
use WeChatPay\BuilderChainable;

class RefundService
{
    public const STATUS_PROCESSING = 'PROCESSING';
    public const STATUS_FAILED = 'FAILED';

    public function __construct(private BuilderChainable $client)
    {
    }

    public function refund(string $tradeNo, string $refundNo, int $refund, int $total, ?string $reason = null): array
    {
        Refund::create(['trade_no' => $tradeNo, 'refund_no' => $refundNo, 'amount' => $refund]);
        try {
            $resp = $this->client->v3->refund->domestic->refunds->post(['json' => [
                'out_trade_no' => $tradeNo,
                'out_refund_no' => $refundNo,
                'reason' => $reason,
                'amount' => ['refund' => $refund, 'total' => $total, 'currency' => 'CNY'],
            ]]);
        } catch (ClientException $e) {
            $error = json_decode((string) $e->getResponse()->getBody(), true);
            Refund::where('refund_no', $refundNo)->update(['status' => self::STATUS_FAILED, 'error' => $error['code']]);
            return ['success' => false, 'code' => $error['code'], 'message' => $error['message']];
        }
        $data = json_decode((string) $resp->getBody(), true);
        Refund::where('refund_no', $refundNo)->update(['status' => $data['status'], 'refund_id' => $data['refund_id']]);

        return ['success' => true, 'processing' => $data['status'] === self::STATUS_PROCESSING];
    }
}
