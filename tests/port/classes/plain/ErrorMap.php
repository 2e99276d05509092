<?php
/* @oracle {"runs": [{"answers": [[400, {"code": "NOT_ENOUGH", "message": "m"}]]}, {"answers": [[400, {"code": "OTHER", "message": "said"}]]}, {"answers": ["html"]}, {"answers": ["timeout"]}, {"answers": [{"batch_id": "B"}]}],
 "calls": [{"new": "zovye\\ErrorMap", "with": ["@instance"], "call": "transfer", "args": [{"out_batch_no": "B", "total_amount": 3}]}]} */

namespace zovye;

use Exception;
use GuzzleHttp\Exception\RequestException;

class ErrorMap
{
    private $client;
    private static $messages = ['NOT_ENOUGH' => '资金不足', 'PARAM_ERROR' => '参数错误'];

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function transfer(array $data)
    {
        try {
            $response = $this->client->chain('v3/transfer/batches')->post(['json' => $data]);
            $result = json_decode($response->getBody()->getContents(), true);
            return empty($result) ? ['error' => 'empty'] : $result;
        } catch (Exception $e) {
            if ($e instanceof RequestException && $e->hasResponse()) {
                $error = json_decode((string) $e->getResponse()->getBody(), true);
                return ['error' => self::$messages[$error['code'] ?? ''] ?? ($error['message'] ?? 'unknown')];
            }
            return ['error' => 'network'];
        }
    }
}
