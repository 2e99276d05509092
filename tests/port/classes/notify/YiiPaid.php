<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "T1", "amount": {"total": 100}}}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}}, {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "key": "v3secretv3secretv3secretv3secreX"}}], "reply": ["this->asJson"], "foreign": {"this->asJson": [null], "Order::updateAll": [1], "Yii::error": [null]},
 "calls": [{"new": "app\\controllers\\YiiPaid", "with": ["@platformKey", "v3secretv3secretv3secretv3secret"], "call": "actionNotify"}]} */

namespace app\controllers;

use Yii;
use app\models\Order;
use yii\web\Controller;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class YiiPaid extends Controller
{
    private $platformKey;
    private string $apiV3Key;

    public function __construct($platformKey, string $apiV3Key)
    {
        $this->platformKey = $platformKey;
        $this->apiV3Key = $apiV3Key;
    }

    public function actionNotify()
    {
        $headers = $this->request->headers;
        $timestamp = $headers->get('Wechatpay-Timestamp');
        $nonce = $headers->get('Wechatpay-Nonce');
        $body = $this->request->getRawBody();
        $fresh = abs(time() - (int) $timestamp) <= 300;
        if (!($fresh && Rsa::verify(Formatter::joinedByLineFeed($timestamp, $nonce, $body), $headers->get('Wechatpay-Signature'), $this->platformKey))) {
            Yii::error('notification refused');
            return $this->asJson(['code' => 'FAIL', 'message' => 'refused']);
        }
        try {
            $resource = json_decode($body, true)['resource'];
            $order = json_decode(AesGcm::decrypt($resource['ciphertext'], $this->apiV3Key, $resource['nonce'], $resource['associated_data']), true);
            Order::updateAll(['paid' => 1], ['no' => $order['out_trade_no']]);
        } catch (\Exception $e) {
            Yii::error('notification failed');
            return $this->asJson(['code' => 'FAIL', 'message' => 'failed']);
        }
        return $this->asJson(['code' => 'SUCCESS']);
    }
}
