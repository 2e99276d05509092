<?php
/* @oracle {"runs": [{"answers": [{"ok": 1}]}, {"answers": [[400, {"code": "A", "message": "bad"}]]}, {"answers": ["timeout"]}], "calls": [{"new": "App\\Pay\\ClosePay", "with": ["@instance", "1900000109"], "call": "close", "args": ["N1"]}, {"new": "App\\Pay\\ClosePay", "with": ["@instance", "1900000109"], "call": "name"}]} */

namespace App\Pay;

abstract class BasePay
{
    protected $client;
    protected string $mchid;

    public function __construct($client, string $mchid)
    {
        $this->client = $client;
        $this->mchid = $mchid;
    }

    abstract public function name(): string;

    protected function send(string $path, array $json): array
    {
        try {
            $response = $this->client->chain($path)->post(['json' => $json]);
            return ['ok' => true, 'status' => $response->getStatusCode()];
        } catch (\GuzzleHttp\Exception\ClientException $e) {
            return ['ok' => false, 'status' => $e->getCode()];
        }
    }
}

class ClosePay extends BasePay
{
    public function name(): string
    {
        return 'close ' . $this->mchid;
    }

    public function close(string $no): array
    {
        return $this->send('v3/pay/transactions/out-trade-no/' . strtolower($no) . '/close', ['mchid' => $this->mchid]);
    }
}
