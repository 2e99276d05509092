<?php
/* @oracle {"answers": [{"order_id": "P1", "state": "FINISHED"}, {"unsplit_amount": 40}, {"state": "FINISHED"}],
 "calls": [{"new": "App\\Services\\ProfitSharingService", "with": ["@instance", "wx1"], "call": "share", "args": ["T1", "P1", [{"account": "1900000110", "amount": 30, "name": "Zhang"}, {"account": "1900000111", "amount": 20}]]},
   {"new": "App\\Services\\ProfitSharingService", "with": ["@instance", "wx1"], "call": "rest", "args": ["T1"]},
   {"new": "App\\Services\\ProfitSharingService", "with": ["@instance", "wx1"], "call": "finish", "args": ["T1", "P2"]}]} */

namespace App\Services;

class ProfitSharingService
{
    private const TYPE = 'MERCHANT_ID';

    public function __construct(private $client, private string $appid)
    {
    }

    public function share(string $transactionId, string $orderNo, array $receivers): string
    {
        $list = [];
        foreach ($receivers as $receiver) {
            $list[] = [
                'type' => self::TYPE,
                'account' => $receiver['account'],
                'amount' => $receiver['amount'],
                'description' => $receiver['description'] ?? 'share',
            ];
        }
        $response = $this->client->v3->profitsharing->orders->post(['json' => [
            'appid' => $this->appid,
            'transaction_id' => $transactionId,
            'out_order_no' => $orderNo,
            'receivers' => $list,
            'unfreeze_unsplit' => false,
        ]]);

        return json_decode((string) $response->getBody(), true)['state'];
    }

    public function rest(string $transactionId): int
    {
        $response = $this->client->v3->profitsharing->transactions->_transaction_id_->amounts->get(['transaction_id' => $transactionId]);

        return (int) json_decode((string) $response->getBody(), true)['unsplit_amount'];
    }

    public function finish(string $transactionId, string $orderNo): bool
    {
        $response = $this->client->v3->profitsharing->orders->unfreeze->post(['json' => [
            'transaction_id' => $transactionId, 'out_order_no' => $orderNo, 'description' => 'rest',
        ]]);

        return $response->getStatusCode() === 200;
    }
}
