<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "T1", "amount": {"total": 100}}}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}}, {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "key": "v3secretv3secretv3secretv3secreX"}}], "reply": ["ResponseInterface->json"], "foreign": {"response->json": [{"@object": {"sent": 1}}], "response->json->withStatus": [null], "withStatus": [null], "queue->push": [true]},
 "calls": [{"new": "App\\Controller\\HyperfPaid", "with": ["@foreign:RequestInterface", "@foreign:ResponseInterface", "@platformKey", "v3secretv3secretv3secretv3secret"], "call": "paid"}]} */

namespace App\Controller;

use Hyperf\HttpServer\Contract\RequestInterface;
use Hyperf\HttpServer\Contract\ResponseInterface;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class HyperfPaid
{
    public function __construct(private RequestInterface $request, private ResponseInterface $response, private $platformKey, private string $apiV3Key)
    {
    }

    public function paid()
    {
        $timestamp = $this->request->getHeaderLine('Wechatpay-Timestamp');
        $body = $this->request->getBody()->getContents();
        $text = Formatter::joinedByLineFeed($timestamp, $this->request->getHeaderLine('Wechatpay-Nonce'), $body);
        if (abs(Formatter::timestamp() - (int) $timestamp) > 300 || !Rsa::verify($text, $this->request->getHeaderLine('Wechatpay-Signature'), $this->platformKey)) {
            return $this->response->json(['code' => 'FAIL']);
        }
        ['ciphertext' => $ciphertext, 'nonce' => $nonce, 'associated_data' => $aad] = json_decode($body, true)['resource'];
        $resource = json_decode(AesGcm::decrypt($ciphertext, $this->apiV3Key, $nonce, $aad), true);
        return $this->response->json(['code' => 'SUCCESS']);
    }
}
