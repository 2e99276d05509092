<?php
/* @oracle {"foreign": {"Payment::create": [{"@object": {"id": 1, "no": "N1"}}], "Payment::whereNo->delete": [1]}, "runs": [{"answers": [{"code_url": "w"}]}, {"answers": [[400, {"code": "A", "message": "m"}]]}],
 "calls": [{"new": "App\\Repositories\\PaymentRepository", "with": ["@instance"], "call": "open", "args": [12, 100]}]} */

namespace App\Repositories;

use App\Models\Payment;

class PaymentRepository
{
    protected $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function open(int $user, int $fee): array
    {
        $no = sprintf('P%08d', $user);
        $payment = Payment::create(['no' => $no, 'user_id' => $user, 'fee' => $fee]);
        try {
            $url = json_decode((string) $this->client->v3->pay->transactions->native->post(['json' => [
                'out_trade_no' => $no, 'amount' => ['total' => $fee],
            ]])->getBody(), true)['code_url'];
        } catch (\Exception $e) {
            Payment::whereNo($no)->delete();
            throw new \RuntimeException('cannot open a payment', 500, $e);
        }
        return ['id' => $payment->id, 'url' => $url];
    }
}
