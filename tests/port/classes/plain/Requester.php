<?php
/* @oracle {"runs": [
 {"answers": [{"a": 1}, {"b": 2}, {"c": 3}], "calls": [{"new": "Requester", "with": ["@instance"], "call": "all", "args": ["1200"]}]},
 {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "none"}]], "calls": [{"new": "Requester", "with": ["@instance"], "call": "status", "args": ["1"]}]},
 {"answers": [{"trade_state": "SUCCESS"}], "calls": [{"new": "Requester", "with": ["@instance"], "call": "status", "args": ["1"]}]},
 {"answers": ["timeout"], "calls": [{"new": "Requester", "with": ["@instance"], "call": "status", "args": ["1"]}]},
 {"answers": [[500, {"code": "SYSTEM_ERROR"}]], "calls": [{"new": "Requester", "with": ["@instance"], "call": "status", "args": ["1"]}]}]} */
use GuzzleHttp\Exception\BadResponseException;

class Requester
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all(string $no): array
    {
        $path = 'v3/pay/transactions/out-trade-no/' . $no;
        $chain = $this->client->chain($path);
        $path = 'v3/changed';
        $one = json_decode((string) $chain->get(['query' => ['mchid' => '1']])->getBody(), true);
        $response = $chain->chain('close')->post(['json' => ['mchid' => '1']]);
        return [$one, $response->getStatusCode(), $this->request('POST', 'v3/refund/domestic/refunds', ['out_trade_no' => $no])];
    }

    private function request(string $method, string $path, array $data)
    {
        $chain = $this->client->chain($path);
        switch ($method) {
            case 'POST':
                $response = $chain->post(['json' => $data]);
                break;
            default:
                $response = $chain->get(['query' => $data]);
        }
        return json_decode($response->getBody()->getContents(), true);
    }

    public function status(string $no): array
    {
        try {
            $response = $this->client->chain("v3/pay/transactions/out-trade-no/{$no}")->get(['query' => ['mchid' => '1']]);
        } catch (BadResponseException $e) {
            $response = $e->getResponse();
        }
        return [$response->getStatusCode(), json_decode((string) $response->getBody(), true) ?: [], $response->getHeaderLine('X-None')];
    }
}
