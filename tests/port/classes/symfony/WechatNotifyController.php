<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS"}}}, {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "age": 400}}], "reply": ["new JsonResponse"], "foreign": {"new JsonResponse": [null]},
 "calls": [{"new": "App\\Controller\\WechatNotifyController", "with": ["@platformKey", "v3secretv3secretv3secretv3secret"], "call": "notify", "args": ["@foreign:Request"]}]} */

namespace App\Controller;

use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class WechatNotifyController
{
    public function __construct(private $platformKey, private string $apiV3Key)
    {
    }

    public function notify(Request $request)
    {
        $body = $request->getContent();
        $timestamp = $request->headers->get('Wechatpay-Timestamp');
        $nonce = $request->headers->get('Wechatpay-Nonce');
        $signature = $request->headers->get('Wechatpay-Signature');
        if (!$this->isFresh((int) $timestamp) || !Rsa::verify(Formatter::joinedByLineFeed($timestamp, $nonce, $body), $signature, $this->platformKey)) {
            return new JsonResponse(['code' => 'FAIL'], 401);
        }
        $resource = json_decode($body, true)['resource'];
        $order = json_decode(AesGcm::decrypt($resource['ciphertext'], $this->apiV3Key, $resource['nonce'], $resource['associated_data']), true);

        return new JsonResponse(['code' => 'SUCCESS', 'no' => $order['out_trade_no']]);
    }

    private function isFresh(int $timestamp): bool
    {
        return abs(Formatter::timestamp() - $timestamp) <= 300;
    }
}
