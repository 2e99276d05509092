<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "T1", "amount": {"total": 100}}}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}}, {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "key": "v3secretv3secretv3secretv3secreX"}}], "reply": ["response->json", "config"], "foreign": {"config": ["v3secretv3secretv3secretv3secret"], "Order::where->first": [{"@object": {"paid": 0}}, {"@object": {"paid": 1}}], "Order::where->update": [1], "Log::warning": [null], "Log::info": [null], "response->json": [{"@object": {"sent": 1}}]},
 "calls": [{"new": "App\\Http\\Controllers\\LaravelPaid", "with": ["@platformKey"], "call": "handle", "args": ["@foreign:Request"]},
  {"new": "App\\Http\\Controllers\\LaravelPaid", "with": ["@platformKey"], "call": "handle", "args": ["@foreign:Request"]}]} */

namespace App\Http\Controllers;

use App\Models\Order;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Log;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class LaravelPaid extends Controller
{
    private $platformKey;

    public function __construct($platformKey)
    {
        $this->platformKey = $platformKey;
    }

    /** Takes the notification of a payment. */
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
            Log::warning('signature', ['serial' => $serial]);
            return response()->json(['code' => 'FAIL', 'message' => 'signature'], 401);
        }
        $data = json_decode($body, true);
        $plain = AesGcm::decrypt($data['resource']['ciphertext'], config('wechat.v3_key'), $data['resource']['nonce'], $data['resource']['associated_data']);
        $order = json_decode($plain, true);
        Log::info('notification', ['id' => $data['id'], 'no' => $order['out_trade_no']]);
        $known = Order::where('no', $order['out_trade_no'])->first();
        if ($known['paid']) {
            return response()->json(['code' => 'SUCCESS']);
        }
        Order::where('no', $order['out_trade_no'])->update(['paid' => 1]);

        return response()->json(['code' => 'SUCCESS', 'message' => 'OK']);
    }
}
