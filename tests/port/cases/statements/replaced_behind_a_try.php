<?php
/* @oracle {"runs": [{"answers": [{"code": "c", "list": [1, 2]}, {"b": 2}]}, {"answers": [[404, {"code": "NO"}], {"b": 2}]}, {"answers": ["timeout"]}], "calls": [{"new": "Replaced", "with": ["@instance"], "call": "all", "args": [1]}]} */
class Replaced
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all($id)
    {
        try {
            $bill = $this->client->chain('v3/certificates')->get(['query' => ['id' => $id]]);
        } catch (\GuzzleHttp\Exception\ClientException $e) {
            $bill = null;
        }
        $bill = $bill ? json_decode((string) $bill->getBody(), true) : ['code' => 'none'];
        echo json_encode($bill), "\n";
        if ($id) {
            foreach ([1, 2] as $id) {
                $text = 'n' . $id;
            }
            $text = strlen($text);
        }
        if ($bill['code'] === 'c') {
            $other = $bill['list'];
        } else {
            $other = 'nothing';
        }
        $other = json_encode($other);
        $other .= '!';
        try {
            $next = $this->client->chain('v3/certificates')->get();
        } finally {
            echo "finally\n";
        }
        $next = $next->getStatusCode();
        return [$bill, $text, $other, $next, $id];
    }
}
