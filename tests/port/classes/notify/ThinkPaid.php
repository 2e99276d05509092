<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "T1", "amount": {"total": 100}}}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}}, {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "key": "v3secretv3secretv3secretv3secreX"}}], "reply": ["json"], "foreign": {"Db::name->where->update": [1], "json": [null]},
 "calls": [{"new": "app\\controller\\ThinkPaid", "with": ["@platformKey", "v3secretv3secretv3secretv3secret"], "call": "index"}]} */

namespace app\controller;

use think\facade\Db;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class ThinkPaid
{
    private $platformKey;
    private $apiv3Key;

    public function __construct($platformKey, $apiv3Key)
    {
        $this->platformKey = $platformKey;
        $this->apiv3Key = $apiv3Key;
    }

    public function index()
    {
        $body = file_get_contents('php://input');
        $signature = $_SERVER['HTTP_WECHATPAY_SIGNATURE'] ?? '';
        $timestamp = $_SERVER['HTTP_WECHATPAY_TIMESTAMP'] ?? '';
        $nonce = $_SERVER['HTTP_WECHATPAY_NONCE'] ?? '';
        $valid = Rsa::verify(Formatter::joinedByLineFeed($timestamp, $nonce, $body), $signature, $this->platformKey);
        if (abs(time() - (int) $timestamp) > 300 || !$valid) {
            return json(['code' => 'FAIL', 'message' => '验签失败'], 401);
        }
        $resource = json_decode($body, true)['resource'];
        $plain = AesGcm::decrypt($resource['ciphertext'], $this->apiv3Key, $resource['nonce'], $resource['associated_data']);
        $data = (array) json_decode($plain, true);
        Db::name('order')->where('sn', $data['out_trade_no'])->update(['status' => $data['trade_state']]);
        return json(['code' => 'SUCCESS']);
    }
}
