<?php
/* @oracle {"foreign": {"Db::name->insert": [1], "Db::name->insertAll": [2]}, "answers": [{"batch_id": "B1", "create_time": "t"}],
 "calls": [{"new": "app\\service\\TransferBatch", "with": ["@instance", "wx1"], "call": "send", "args": ["B1", [["o1", 100], ["o2", 250]]]}]} */

namespace app\service;

use think\facade\Db;

class TransferBatch
{
    protected $client;
    protected $appid;

    public function __construct($client, $appid)
    {
        $this->client = $client;
        $this->appid = $appid;
    }

    public function send($batchNo, array $users)
    {
        $details = [];
        $total = 0;
        foreach ($users as $i => $user) {
            list($openid, $amount) = $user;
            $total += $amount;
            $details[] = [
                'out_detail_no' => $batchNo . sprintf('%03d', $i + 1),
                'transfer_amount' => $amount,
                'transfer_remark' => '奖励',
                'openid' => $openid,
            ];
        }
        $resp = $this->client->chain('v3/transfer/batches')->post(['json' => [
            'appid' => $this->appid,
            'out_batch_no' => $batchNo,
            'batch_name' => '奖励',
            'batch_remark' => '奖励',
            'total_amount' => $total,
            'total_num' => count($details),
            'transfer_detail_list' => $details,
        ]]);
        $result = json_decode((string) $resp->getBody(), true);
        Db::name('transfer')->insert(['batch_no' => $batchNo, 'batch_id' => $result['batch_id'], 'total' => $total]);
        return $result['batch_id'];
    }
}
