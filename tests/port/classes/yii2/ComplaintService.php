<?php
/* @oracle {"foreign": {"Yii::warning": [null]}, "answers": [{"data": [{"complaint_id": "C1", "complaint_state": "PENDING"}, {"complaint_id": "C2", "complaint_state": "DONE"}], "total_count": 2}, 204],
 "calls": [{"new": "app\\services\\ComplaintService", "with": ["@instance", "1900000109"], "call": "reply", "args": ["2024-01-01", "2024-01-02"]}]} */

namespace app\services;

class ComplaintService
{
    private $client;
    private $mchid;

    public function __construct($client, $mchid)
    {
        $this->client = $client;
        $this->mchid = $mchid;
    }

    public function reply(string $begin, string $end): int
    {
        $count = 0;
        foreach ($this->all($begin, $end) as $complaint) {
            if ($complaint['complaint_state'] !== 'PENDING') {
                continue;
            }
            $this->client->v3->merchantService->complaintsV2->_complaint_id_->response->post([
                'complaint_id' => $complaint['complaint_id'],
                'json' => ['complainted_mchid' => $this->mchid, 'response_content' => '已处理'],
            ]);
            $count++;
        }
        return $count;
    }

    private function all(string $begin, string $end): array
    {
        $all = [];
        $offset = 0;
        do {
            $response = $this->client->chain('v3/merchant-service/complaints-v2')->get(['query' => [
                'limit' => 50, 'offset' => $offset, 'begin_date' => $begin, 'end_date' => $end,
            ]]);
            $page = json_decode((string) $response->getBody(), true);
            $all = array_merge($all, $page['data']);
            $offset += 50;
        } while ($offset < $page['total_count']);
        return $all;
    }
}
