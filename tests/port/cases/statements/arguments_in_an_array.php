<?php
/* @oracle {"runs": [
  {"calls": [{"new": "Sums", "call": "run", "args": [[1, 5]]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [[1]]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [[1, 2, 3]]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [[]]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [{"b": 7, "a": 1}]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [{"b": 7}]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [{"a": 1, "c": 7}]}]},
  {"calls": [{"new": "Sums", "call": "run", "args": [{"0": 1, "a": 7}]}]},
  {"calls": [{"new": "Sums", "call": "named", "args": ["minus", [9, 4]]}]},
  {"calls": [{"new": "Sums", "call": "named", "args": ["Add", [9]]}]},
  {"calls": [{"new": "Sums", "call": "named", "args": ["none", [9]]}]},
  {"calls": [{"new": "Sums", "call": "named", "args": ["nothing", [9]]}]},
  {"calls": [{"new": "Sums", "call": "named", "args": ["nothing", {"x": 9}]}]},
  {"calls": [{"function": "ported", "args": [["x", 3]]}]},
  {"calls": [{"function": "ported", "args": ["x"]}]},
  {"calls": [{"function": "ported", "args": [null]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Sums", "call": "ask", "args": ["@instance", ["A1"]]}]}
]} */

class Sums
{
    public function run(array $list)
    {
        try {
            return call_user_func_array([$this, 'add'], $list);
        } catch (\ArgumentCountError $e) {
            return 'count';
        } catch (\Error $e) {
            return 'error: ' . $e->getMessage();
        }
    }

    public function named(string $method, array $list)
    {
        try {
            return call_user_func_array([$this, $method], $list);
        } catch (\Error $e) {
            return 'error: ' . $e->getMessage();
        }
    }

    public function add($a, $b = 2)
    {
        return 'add ' . ($a + $b);
    }

    public function nothing()
    {
        return 'nothing';
    }

    public function minus($a, $b)
    {
        return 'minus ' . ($a - $b);
    }

    public function path($no)
    {
        return "v3/pay/transactions/id/{$no}";
    }

    public function ask(\WeChatPay\BuilderChainable $client, array $list)
    {
        $path = call_user_func_array([$this, 'path'], $list);
        return (string) $client->chain($path)->get(['query' => ['mchid' => '1']])->getBody();
    }
}

function shown($text, $number)
{
    return "{$text}:{$number}";
}

function ported($list)
{
    try {
        return call_user_func_array('shown', $list);
    } catch (\TypeError $e) {
        return $e->getMessage();
    }
}
