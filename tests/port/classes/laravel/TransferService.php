<?php
/* @oracle {"foreign": {"Str::random": ["abcdef"], "now->format": ["20240101"], "Transfer::create": [{"@object": {"id": 1}}], "event": [null]},
 "runs": [{"answers": [{"out_bill_no": "20240101abcdef", "transfer_bill_no": "W", "state": "WAIT_USER_CONFIRM", "package_info": "p"}]}, {"answers": [[429, {"code": "FREQUENCY_LIMITED", "message": "slow"}]]}],
 "calls": [{"new": "App\\Services\\TransferService", "with": ["@instance", {"appid": "wx1", "scene": "1000"}], "call": "send", "args": ["o1", 199, "thanks"]}]} */

namespace App\Services;

use App\Events\TransferCreated;
use App\Models\Transfer;
use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\GuzzleException;
use Illuminate\Support\Str;

class TransferService
{
    protected $config;

    public function __construct(protected $client, array $config = [])
    {
        $this->config = $config;
    }

    /**
     * @throws GuzzleException
     */
    public function send(string $openid, int $amount, string $remark = ''): array
    {
        $no = now()->format('Ymd') . Str::random(6);
        try {
            $res = $this->client->chain('v3/fund-app/mch-transfer/transfer-bills')->post(['json' => [
                'appid' => $this->config['appid'],
                'out_bill_no' => $no,
                'transfer_scene_id' => $this->config['scene'] ?? '1000',
                'openid' => $openid,
                'transfer_amount' => $amount,
                'transfer_remark' => $remark ?: 'transfer',
            ]]);
            $result = json_decode((string) $res->getBody(), true);
            Transfer::create(['no' => $no, 'bill' => $result['transfer_bill_no'], 'amount' => $amount]);
            event(new TransferCreated($no));

            return ['ok' => true, 'package' => $result['package_info'] ?? ''];
        } catch (ClientException $e) {
            $status = $e->getResponse()->getStatusCode();

            return ['ok' => false, 'retry' => $status === 429];
        }
    }
}
