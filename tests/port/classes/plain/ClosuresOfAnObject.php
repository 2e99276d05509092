<?php
/* @oracle {"answers": [{"id": 1}], "calls": [{"new": "ClosuresOfAnObject", "with": ["@instance"], "call": "run", "args": [["a", "b"]]}]} */
class ClosuresOfAnObject
{
    private $client;
    private $seen = [];
    private $prefix = 'p-';

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function run(array $names): array
    {
        $named = array_map(function ($name) {
            return $this->label($name);
        }, $names);
        $noted = array_map(function ($name) {
            $this->seen[] = $name;
            return $this->note($name) . count($this->seen);
        }, $named);
        $this->prefix = 'q-';
        usort($noted, function ($a, $b) {
            return strcmp($this->label($b), $this->label($a));
        });
        $response = $this->client->chain('v3/pay/transactions/native')->post(['json' => ['list' => $noted]]);
        $this->seen['answer'] = json_decode((string) $response->getBody(), true);
        return [$named, $noted, $this->seen, array_filter($noted, fn ($n) => $this->label($n) !== 'q-')];
    }

    private function label(string $name): string
    {
        return $this->prefix . $name;
    }

    private function note(string $name): string
    {
        $this->seen[] = strtoupper($name);
        return $name;
    }
}
