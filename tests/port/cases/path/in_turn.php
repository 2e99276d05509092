<?php
/* @oracle {"runs": [
    {"answers": [{}, {}, {}, {}, {}, {}], "calls": [{"new": "Numbers", "with": ["@instance"], "call": "send", "args": []}]},
    {"answers": [{}], "calls": [{"new": "Numbers", "with": ["@instance"], "call": "swapped", "args": []}]},
    {"answers": [{}, {}], "calls": [{"function": "counted", "args": ["@instance"]}]}
]} */

class Numbers
{
    private $n = 0;
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    private function next()
    {
        $this->n++;
        return (string) $this->n;
    }

    public function send()
    {
        $this->client->chain('v3/x/{id}')->post(['id' => $this->next(), 'json' => ['n' => $this->next()]]);
        $this->client->chain('v3/x/' . $this->next() . '/y')->post(['json' => ['b' => $this->next(), 'c' => $this->next()]]);
        $this->client->chain('v3/x')->post(['headers' => ['Idempotency-Key' => $this->next()], 'json' => ['b' => $this->next()]]);
        $this->client->chain('v3/x/' . $this->next())->get(['query' => ['q' => $this->next()]]);
        return $this->client->chain('v3/x/' . $this->next())
            ->postAsync(['query' => ['a' => $this->next()], 'json' => ['n' => $this->next()]])
            ->wait()->getStatusCode();
    }

    public function swapped()
    {
        $this->client->chain('v3/x/{id}')->post(['json' => ['n' => $this->next()], 'id' => $this->n]);
    }
}

function counted($instance)
{
    $i = 1;
    $instance->chain('v3/x/{id}')->post(['id' => $i++, 'json' => ['n' => $i++, 'm' => $i]]);
    $answer = $instance->chain('v3/x/{id}')->post(['id' => $i, 'json' => ['n' => ++$i]]);
    return $answer->getStatusCode() + $i;
}
