<?php
/* @oracle {"foreign": {"Coupon::query->where->pluck->all": [["o1", "o2"]], "CouponLog::insert": [true], "Log::channel->info": [null]}, "runs": [{"answers": [{"coupon_id": "1"}, {"coupon_id": "2"}]}, {"answers": ["timeout", {"coupon_id": "2"}]}],
 "calls": [{"new": "App\\Jobs\\CouponSendJob", "with": ["@instance"], "call": "handle", "args": ["S9"]}]} */

namespace App\Jobs;

use App\Models\Coupon;
use App\Models\CouponLog;
use Illuminate\Support\Facades\Log;

class CouponSendJob
{
    public function __construct(private $client)
    {
    }

    public function handle(string $stock): void
    {
        $rows = [];
        foreach (Coupon::query()->where('stock', $stock)->pluck('openid')->all() as $index => $openid) {
            $id = null;
            try {
                $response = $this->client->v3->marketing->favor->users->_openid_->coupons->post([
                    'openid' => $openid,
                    'json' => ['stock_id' => $stock, 'out_request_no' => "{$stock}-{$index}"],
                ]);
                $id = json_decode((string) $response->getBody(), true)['coupon_id'];
            } catch (\Throwable $e) {
                Log::channel('pay')->info('coupon', compact('openid', 'stock'));
            } finally {
                $rows[] = ['openid' => $openid, 'coupon' => $id];
            }
        }
        CouponLog::insert($rows);
    }
}
