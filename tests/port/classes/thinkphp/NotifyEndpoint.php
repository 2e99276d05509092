<?php
/* @oracle {"foreign": {"Db::name->where->update": [1]},
 "runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS"}}}, {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "age": 400}}], "reply": ["new JsonResponse"],
 "calls": [{"new": "app\\index\\controller\\NotifyEndpoint", "with": ["@platformKey", "v3secretv3secretv3secretv3secret"], "call": "index"}]} */

namespace app\index\controller;

use think\facade\Db;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class NotifyEndpoint
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
        if (abs(Formatter::timestamp() - (int) $timestamp) > 300 || !$valid) {
            return json_encode(['code' => 'FAIL', 'message' => '验签失败'], JSON_UNESCAPED_UNICODE);
        }
        $resource = json_decode($body, true)['resource'];
        $plain = AesGcm::decrypt($resource['ciphertext'], $this->apiv3Key, $resource['nonce'], $resource['associated_data']);
        $data = (array) json_decode($plain, true);
        Db::name('order')->where('sn', $data['out_trade_no'])->update(['status' => $data['trade_state']]);
        return json_encode(['code' => 'SUCCESS']);
    }
}
