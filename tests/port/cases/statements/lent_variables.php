<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}], "calls": [{"new": "Lends", "with": ["@instance"], "call": "all", "args": [[3, 1, 2], 10]}]} */
class Lends
{
    private $client;
    private $count = 0;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all(array $list, $start)
    {
        $sum = 0;
        $seen = [];
        array_map(function ($x) use (&$sum, &$made) {
            $made = 'made' . $x;
            $sum += $x;
        }, $list);
        array_walk($list, function ($v, $k) use (&$seen, &$sum) {
            $seen[] = $k . $v;
            $sum++;
        });
        usort($list, function ($a, $b) use (&$compared) {
            $compared = true;
            return $a <=> $b;
        });
        $kept = array_filter($list, function ($a) use (&$sum, $start) {
            if ($a > 2) {
                return true;
            }
            $sum = $sum + $start;
            $start = 'own';
            return false;
        });
        $text = 'a';
        foreach ($list as $x) {
            (function () use ($x, &$text) {
                $text .= $x;
                $text = $text . ',';
                $text = strtoupper($text);
            })();
        }
        Db::transaction(function () use (&$sum, $list) {
            $sum = 'list';
        });
        $statuses = [];
        $given = array_map(function ($no) use (&$statuses) {
            $statuses[] = $this->client->chain('v3/certificates')->get(['query' => ['no' => $no]])->getStatusCode();
            $this->count++;
            return $no . '!';
        }, ['x', 'y']);
        $before = 'before';
        try {
            array_map(function ($x) use (&$before) {
                $before = 'changed';
                if ($x > 1) {
                    throw new \RuntimeException('no ' . $x);
                }
                $before = 'left';
            }, $list);
        } catch (\RuntimeException $e) {
            $before .= $e->getMessage();
        }
        $level = 1;
        array_map(function ($x) use (&$level) {
            array_map(function ($y) use (&$level, $x) {
                $level = $level * 2 + $x * $y;
            }, [1, 2]);
            $level++;
        }, $list);
        return [$sum, $seen, $made, $compared, $kept, $text, $statuses, $given, $before, $level, $this->count, $start];
    }
}
