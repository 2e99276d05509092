<?php
/* @oracle {"answers": [{"a": 1}], "calls": [{"new": "Turns", "with": ["@instance"], "call": "all", "args": [[3, 4], 7, "t"]}, {"new": "Turns", "with": ["@instance"], "call": "all", "args": [[], 7, "t"]}], "runs": [{"answers": [{}, {}]}]} */
class Turns
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all(array $list, $id, string $text, int $n = 1)
    {
        $first = $id;
        foreach ($list as $n => $id) {
            $text .= $id;
        }
        if ($first) {
            foreach (['x' => 'y'] as $text) {
                echo $text, "\n";
            }
        }
        foreach ($list as $list) {
            echo json_encode($list), "\n";
        }
        return [$id, $text, $n, $list, $this->client->chain('v3/certificates')->get()->getStatusCode()];
    }
}
