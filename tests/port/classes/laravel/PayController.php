<?php
/* @oracle {"foreign": {"request->input": ["N9"], "Request->input": ["N9", 300, "wxopen"], "Order::where->firstOrFail": [{"@object": {"no": "N9", "total_fee": 300, "title": "Tea"}}], "response->json": [{"@object": {"json": true}}]},
 "answers": [{"prepay_id": "wx2014"}],
 "calls": [{"new": "App\\Http\\Controllers\\PayController", "with": ["@instance", "@privateKey"], "call": "jsapi", "args": ["@foreign:Request"]}]} */

namespace App\Http\Controllers;

use App\Models\Order;
use Illuminate\Http\Request;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class PayController extends Controller
{
    private $client;
    private $privateKey;
    private const APPID = 'wx8888888888888888';

    public function __construct($client, $privateKey)
    {
        $this->client = $client;
        $this->privateKey = $privateKey;
    }

    public function jsapi(Request $request)
    {
        $order = Order::where('no', $request->input('no'))->firstOrFail();
        $resp = $this->client->v3->pay->transactions->jsapi->post(['json' => [
            'appid' => self::APPID,
            'mchid' => '1900000109',
            'description' => $order->title,
            'out_trade_no' => $order->no,
            'notify_url' => 'https://example.com/notify',
            'amount' => ['total' => $order->total_fee],
            'payer' => ['openid' => 'o1'],
        ]]);
        $prepay = json_decode((string) $resp->getBody(), true)['prepay_id'];
        $params = [
            'appId' => self::APPID,
            'timeStamp' => (string) Formatter::timestamp(),
            'nonceStr' => Formatter::nonce(),
            'package' => 'prepay_id=' . $prepay,
        ];
        $params += ['paySign' => Rsa::sign(
            Formatter::joinedByLineFeed(...array_values($params)),
            $this->privateKey
        ), 'signType' => 'RSA'];

        return response()->json($params);
    }
}
