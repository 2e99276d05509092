<?php
/* @oracle {"answers": [{"a": 1}], "calls": [{"new": "Rounds", "with": ["@instance"], "call": "all", "args": [[3, 0, 2, 5]]}]} */
class Rounds
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all(array $list)
    {
        foreach ($list as $v) {
            if ($v > 0) {
                $n = ($n ?? 0) + 1;
                echo $n, "\n";
            }
        }
        foreach ($list as $v) {
            if ($v > 0) {
                try {
                    if (isset($m)) {
                        echo $m, "\n";
                    }
                    $m = $v;
                } finally {
                    echo "-\n";
                }
            }
        }
        $i = 0;
        while ($i < 3) {
            switch ($i % 2) {
                case 0:
                    $last = ($last ?? 'first') . $i;
                    echo $last, "\n";
                    break;
            }
            $i++;
        }
        foreach ($list as $v) {
            if ($v > 2) {
                $row = ['v' => $v];
                echo json_encode($row), "\n";
            }
        }
        return $this->client->chain('v3/certificates')->get()->getStatusCode();
    }
}
