<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1"}}}, {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}}], "reply": ["response->json", "config"],
 "foreign": {"config": ["v3secretv3secretv3secretv3secret"], "Order::where->update": [1], "Log::error": [null], "response->json": [{"@object": {"sent": 1}}]},
 "calls": [{"new": "App\\Http\\Controllers\\NotifyController", "with": ["@platformKey"], "call": "handle", "args": ["@foreign:Request"]}]} */

namespace App\Http\Controllers;

use App\Models\Order;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Log;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class NotifyController extends Controller
{
    private $platformKey;

    public function __construct($platformKey)
    {
        $this->platformKey = $platformKey;
    }

    public function handle(Request $request)
    {
        $signature = $request->header('Wechatpay-Signature');
        $timestamp = $request->header('Wechatpay-Timestamp');
        $serial = $request->header('Wechatpay-Serial');
        $nonce = $request->header('Wechatpay-Nonce');
        $body = $request->getContent();

        $fresh = 300 >= abs(Formatter::timestamp() - (int) $timestamp);
        $verified = Rsa::verify(Formatter::joinedByLineFeed($timestamp, $nonce, $body), $signature, $this->platformKey);
        if (!$fresh || !$verified) {
            Log::error('signature', ['serial' => $serial]);
            return response()->json(['code' => 'FAIL', 'message' => 'signature'], 401);
        }
        $data = json_decode($body, true);
        ['resource' => ['ciphertext' => $ciphertext, 'nonce' => $iv, 'associated_data' => $aad]] = $data;
        $resource = json_decode(AesGcm::decrypt($ciphertext, config('wechat.v3_key'), $iv, $aad), true);
        Order::where('no', $resource['out_trade_no'])->update(['paid' => 1]);

        return response()->json(['code' => 'SUCCESS']);
    }
}
