<?php
/* @oracle {"answers": [{"a": 1, "state": "ok"}, [200, {"b": 2}], [204, {}]], "calls": [{"new": "AnswersPassedOn", "with": ["@instance"], "call": "run", "args": ["1"]}]} */
class AnswersPassedOn
{
    private $client;
    private $log = [];

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function run(string $no): array
    {
        $response = $this->fetch('v3/pay/transactions/id/' . $no);
        $data = $this->decode($response);
        $second = json_decode($this->fetch('v3/certificates')->getBody()->getContents(), true);
        $status = $this->status($this->client->chain("v3/pay/transactions/out-trade-no/{$no}/close")->post(['json' => ['mchid' => '1']]));
        $this->log[] = $response->getStatusCode();
        return [$data, $second, $status, $this->log];
    }

    private function fetch($path)
    {
        $result = $this->client->chain($path)->get();
        $this->log[] = $result->getStatusCode();
        return $result;
    }

    protected function decode($response)
    {
        return json_decode((string) $response->getBody(), true) + ['header' => $response->getHeaderLine('X-None')];
    }

    private function status($resp)
    {
        return $resp->getStatusCode() === 204 ? 'closed' : (string) $resp->getBody();
    }
}
