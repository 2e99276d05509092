<?php
/* @oracle {"foreign": {"Config::get": ["wx1", "1900000109"], "Db::name->where->find": [{"order_sn": "S1", "money": "12.50", "title": "T"}], "Db::name->where->update": [1], "json": [{"@object": {"ok": 1}}], "Log::write": [true]},
 "runs": [{"answers": [{"prepay_id": "wx1"}]}, {"answers": [[400, {"code": "ORDERPAID", "message": "paid"}]]}],
 "calls": [{"new": "app\\api\\controller\\Wxpay", "with": ["@instance"], "call": "pay", "args": [7, "o1"]}]} */

namespace app\api\controller;

use app\common\controller\Api;
use think\facade\Config;
use think\facade\Db;
use think\facade\Log;

class Wxpay extends Api
{
    protected $noNeedLogin = ['notify'];
    protected $instance;

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    // 统一下单
    public function pay($id, $openid)
    {
        $order = Db::name('order')->where('id', $id)->find();
        if (empty($order)) {
            return json(['code' => 0, 'msg' => '订单不存在']);
        }
        try {
            $resp = $this->instance->chain('v3/pay/transactions/jsapi')->post(['json' => [
                'mchid' => '1900000109',
                'out_trade_no' => $order['order_sn'],
                'appid' => Config::get('wx.appid'),
                'description' => $order['title'],
                'notify_url' => 'https://example.com/api/wxpay/notify',
                'amount' => ['total' => intval(round($order['money'] * 100)), 'currency' => 'CNY'],
                'payer' => ['openid' => $openid],
            ]]);
            $result = json_decode($resp->getBody(), true);
            Db::name('order')->where('id', $id)->update(['prepay_id' => $result['prepay_id']]);
            return json(['code' => 1, 'data' => $result]);
        } catch (\Exception $e) {
            Log::write($e->getMessage(), 'error');
            if ($e instanceof \GuzzleHttp\Exception\RequestException && $e->hasResponse()) {
                $r = $e->getResponse();
                Log::write($r->getStatusCode() . ' ' . $r->getReasonPhrase(), 'error');
                Log::write((string) $r->getBody(), 'error');
            }
            return json(['code' => 0, 'msg' => '下单失败']);
        }
    }
}
