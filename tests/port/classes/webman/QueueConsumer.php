<?php
/* @oracle {"foreign": {"Db::table->where->value": ["T1"], "Db::table->where->update": [1], "Redis::send": [true]},
 "runs": [{"answers": [{"status": "SUCCESS"}]}, {"answers": [{"status": "PROCESSING"}]}, {"answers": ["timeout"]}],
 "calls": [{"new": "app\\queue\\QueueConsumer", "with": ["@instance"], "call": "consume", "args": [{"refund_no": "R1", "times": 1}]}]} */

namespace app\queue;

use support\Db;
use Webman\RedisQueue\Redis;

class QueueConsumer
{
    public $queue = 'refund-query';
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function consume($data)
    {
        $no = $data['refund_no'];
        $times = (int) ($data['times'] ?? 0);
        try {
            $resp = $this->client->chain('v3/refund/domestic/refunds/{no}')->get(['no' => $no]);
        } catch (\GuzzleHttp\Exception\ConnectException $e) {
            Redis::send($this->queue, ['refund_no' => $no, 'times' => $times + 1], 30);
            return;
        }
        $status = json_decode((string) $resp->getBody())->status;
        if ($status === 'SUCCESS') {
            Db::table('refunds')->where('no', $no)->update(['status' => 1]);
        } else {
            Redis::send($this->queue, ['refund_no' => $no, 'times' => ++$times], $times * 60);
        }
    }
}
