<?php
/* @oracle {"foreign": {"config": ["wx8888888888888888"], "config->appid": ["wx"], "Log::info": [null], "Log::error": [null]},
 "runs": [{"answers": [{"code_url": "weixin://wxpay/1"}]}, {"answers": [[400, {"code": "PARAM_ERROR", "message": "bad"}]]}, {"answers": ["timeout"]}],
 "calls": [{"new": "App\\Services\\NativePayService", "with": ["@instance"], "call": "create", "args": ["N1", 100, "A book"]}]} */

namespace App\Services;

use GuzzleHttp\Exception\RequestException;
use Illuminate\Support\Facades\Log;
use WeChatPay\BuilderChainable;

class NativePayService
{
    private BuilderChainable $client;

    public function __construct(BuilderChainable $client)
    {
        $this->client = $client;
    }

    /**
     * 扫码下单
     */
    public function create(string $outTradeNo, int $total, string $description): ?string
    {
        try {
            $response = $this->client->chain('v3/pay/transactions/native')->post(['json' => [
                'appid' => config('wechat.appid'),
                'mchid' => '1900000109',
                'description' => $description,
                'out_trade_no' => $outTradeNo,
                'notify_url' => 'https://example.com/notify',
                'amount' => ['total' => $total, 'currency' => 'CNY'],
            ]]);
            $result = json_decode((string) $response->getBody(), true);
            Log::info('native order', ['no' => $outTradeNo, 'result' => $result]);

            return $result['code_url'] ?? null;
        } catch (RequestException $e) {
            Log::error('native order failed', ['no' => $outTradeNo, 'error' => $e->getMessage()]);

            return null;
        }
    }
}
