<?php
/* @oracle {"foreign": {"Queue::push": [true], "Cache::get": [null, 1], "Cache::set": [true]}, "runs": [{"answers": [{"trade_state": "SUCCESS"}]}, {"answers": ["connect"]}],
 "calls": [{"new": "app\\job\\AsyncNotifyQueue", "with": ["@instance"], "call": "fire", "args": ["N1"]}, {"new": "app\\job\\AsyncNotifyQueue", "with": ["@instance"], "call": "fire", "args": ["N1"]}]} */

namespace app\job;

use think\facade\Cache;
use think\facade\Queue;

class AsyncNotifyQueue
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function fire(string $no)
    {
        if (Cache::get('done:' . $no)) {
            echo "done before\n";
            return true;
        }
        $state = '';
        $this->client->chain('v3/pay/transactions/out-trade-no/{no}')
            ->getAsync(['no' => $no, 'query' => ['mchid' => '1900000109']])
            ->then(function ($response) use (&$state) {
                $state = json_decode((string) $response->getBody(), true)['trade_state'];
            }, function ($reason) use ($no) {
                Queue::push('retry', ['no' => $no]);
            })
            ->wait();
        if ($state === 'SUCCESS') {
            Cache::set('done:' . $no, 1);
        }
        return $state;
    }
}
