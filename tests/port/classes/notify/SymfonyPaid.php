<?php
/* @oracle {"runs": [{"notify": {"resource": {"out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "T1", "amount": {"total": 100}}}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "forged": true}}, {"notify": {"resource": {"out_trade_no": "N1"}, "age": 301}},
   {"notify": {"resource": {"out_trade_no": "N1"}, "key": "v3secretv3secretv3secretv3secreX"}}], "reply": ["new JsonResponse"], "foreign": {"new JsonResponse": [null], "bus->dispatch": [null]},
 "calls": [{"new": "App\\Controller\\SymfonyPaid", "with": ["@platformKey", "v3secretv3secretv3secretv3secret", "@foreign:MessageBusInterface"], "call": "notify", "args": ["@foreign:Request"]}]} */

namespace App\Controller;

use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\Messenger\MessageBusInterface;
use WeChatPay\Crypto\AesGcm;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Formatter;

class SymfonyPaid
{
    public function __construct(private $platformKey, private string $apiV3Key, private MessageBusInterface $bus)
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
        $this->bus->dispatch($order['out_trade_no'], $order['transaction_id']);

        return new JsonResponse(['code' => 'SUCCESS', 'no' => $order['out_trade_no']]);
    }

    private function isFresh(int $timestamp): bool
    {
        return abs(Formatter::timestamp() - $timestamp) <= 300;
    }
}
