<?php
/* @oracle {"foreign": {"Order::where->first": [{"@object": {"id": 3, "out_trade_no": "N3", "status": 0}}], "Order::where->update": [1], "Log::warning": [null]},
 "runs": [{"answers": [{"trade_state": "SUCCESS", "transaction_id": "T3"}]}, {"answers": [{"trade_state": "CLOSED"}]}, {"answers": [{"trade_state": "NOTPAY"}, 204]}, {"answers": ["connect"]}],
 "calls": [{"new": "App\\Jobs\\OrderQueryJob", "with": ["@instance", "N3"], "call": "handle"}]} */

namespace App\Jobs;

use App\Models\Order;
use Illuminate\Support\Facades\Log;

class OrderQueryJob
{
    protected $wechat;
    protected string $orderNo;
    public int $tries = 3;

    public function __construct($wechat, string $orderNo)
    {
        $this->wechat = $wechat;
        $this->orderNo = $orderNo;
    }

    public function handle(): void
    {
        $order = Order::where('out_trade_no', $this->orderNo)->first();
        if (!$order) {
            return;
        }
        try {
            $response = $this->wechat->chain('v3/pay/transactions/out-trade-no/{out_trade_no}')->get([
                'out_trade_no' => $this->orderNo,
                'query' => ['mchid' => '1900000109'],
            ]);
        } catch (\Exception $e) {
            Log::warning('query failed', ['no' => $this->orderNo]);
            throw $e;
        }
        $result = json_decode((string) $response->getBody(), true);
        switch ($result['trade_state']) {
            case 'SUCCESS':
                Order::where('out_trade_no', $this->orderNo)->update(['status' => 1, 'transaction_id' => $result['transaction_id']]);
                break;
            case 'CLOSED':
            case 'REVOKED':
                Order::where('out_trade_no', $this->orderNo)->update(['status' => 2]);
                break;
            default:
                $this->close();
        }
    }

    private function close(): void
    {
        $this->wechat->chain('v3/pay/transactions/out-trade-no/{out_trade_no}/close')->post([
            'out_trade_no' => $this->orderNo,
            'json' => ['mchid' => '1900000109'],
        ]);
    }
}
