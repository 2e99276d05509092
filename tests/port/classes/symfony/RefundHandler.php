<?php
/* @oracle {"foreign": {"EntityManagerInterface->persist": [null], "EntityManagerInterface->flush": [null], "em->persist": [null], "em->flush": [null], "RefundMessage->getOrderNo": ["N1"], "RefundMessage->getAmount": [30]},
 "answers": [{"refund_id": "R1", "status": "SUCCESS"}],
 "calls": [{"new": "App\\Handler\\RefundHandler", "with": ["@instance"], "call": "handle", "args": ["N1", 30, 100]}]} */

namespace App\Handler;

use WeChatPay\BuilderChainable;

class RefundHandler
{
    private BuilderChainable $client;

    public function __construct(BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function handle(string $orderNo, int $amount, int $total): string
    {
        $response = $this->client->v3->refund->domestic->refunds->post([
            'json' => [
                'out_trade_no' => $orderNo,
                'out_refund_no' => 'R' . $orderNo,
                'amount' => [
                    'refund' => $amount,
                    'total' => $total,
                    'currency' => 'CNY',
                ],
            ],
        ]);
        $result = json_decode($response->getBody()->getContents(), true, 512, JSON_THROW_ON_ERROR);

        return match ($result['status']) {
            'SUCCESS' => 'done',
            'PROCESSING' => 'wait',
            'CLOSED', 'ABNORMAL' => 'failed',
            default => throw new \UnexpectedValueException('status ' . $result['status']),
        };
    }
}
