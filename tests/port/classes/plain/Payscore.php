<?php
/* @oracle {"runs": [{"answers": [{"state": "CREATED", "package": "pk"}, {"state": "DONE"}]}, {"answers": [[400, {"code": "INVALID_ORDER_STATE", "message": "m"}], {}]}],
 "calls": [{"new": "Payscore", "with": ["@instance", "S1", "wx1"], "call": "create", "args": ["O1", 5000]}, {"new": "Payscore", "with": ["@instance", "S1", "wx1"], "call": "complete", "args": ["O1", 4200]}]} */

class Payscore
{
    public function __construct(private $client, private string $serviceId, private string $appid)
    {
    }

    public function create(string $no, int $risk): array
    {
        return $this->post('v3/payscore/serviceorder', [
            'out_order_no' => $no,
            'risk_fund' => ['name' => 'DEPOSIT', 'amount' => $risk],
            'time_range' => ['start_time' => 'OnAccept'],
        ]);
    }

    public function complete(string $no, int $total): array
    {
        return $this->post('v3/payscore/serviceorder/{out_order_no}/complete', ['total_amount' => $total], ['out_order_no' => $no]);
    }

    private function post(string $path, array $json, array $variables = []): array
    {
        $json += ['appid' => $this->appid, 'service_id' => $this->serviceId];
        try {
            $response = $this->client->chain($path)->post($variables + ['json' => $json]);
            return json_decode((string) $response->getBody(), true);
        } catch (\GuzzleHttp\Exception\ClientException $e) {
            return json_decode((string) $e->getResponse()->getBody(), true);
        }
    }
}
