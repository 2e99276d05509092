<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "T1", "amount": {"total": 100}}}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}}, {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "key": "v3secretv3secretv3secretv3secreX"}}], "reply": ["http_response_code", "header"], "foreign": {"http_response_code": [200], "header": [null], "save_order": [1]},
 "calls": [{"new": "PlainPaid", "with": ["@platformKey", "v3secretv3secretv3secretv3secret"], "call": "run"}]} */

use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class PlainPaid
{
    private $key;
    private $v3;

    public function __construct($key, $v3)
    {
        $this->key = $key;
        $this->v3 = $v3;
    }

    public function run(): void
    {
        $headers = getallheaders();
        $body = file_get_contents('php://input');
        $text = Formatter::joinedByLineFeed($headers['Wechatpay-Timestamp'], $headers['Wechatpay-Nonce'], $body);
        if (abs(time() - (int) $headers['Wechatpay-Timestamp']) > 5 * 60 || Rsa::verify($text, $headers['Wechatpay-Signature'], $this->key) !== true) {
            echo json_encode(['code' => 'FAIL', 'message' => 'no']);
            return;
        }
        $event = json_decode($body, true);
        $order = json_decode(AesGcm::decrypt($event['resource']['ciphertext'], $this->v3, $event['resource']['nonce'], $event['resource']['associated_data']), true);
        if ($event['event_type'] === 'TRANSACTION.SUCCESS') {
            save_order($order['out_trade_no']);
        }
        echo json_encode(['code' => 'SUCCESS']);
    }
}
