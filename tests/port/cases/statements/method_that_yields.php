<?php
/* @oracle {"answers": [{}], "application": {"rows": ["separator"]}, "foreign": {"rows": [[["a", 1], ["b", 2]]], "Yields::rows": [[["a", 1], ["b", 2]]]}, "calls": [{"new": "Yields", "with": ["@instance", ";"], "call": "all", "args": ["file.csv"]}]} */
class Yields
{
    private $client;
    private $separator;

    public function __construct($client, $separator)
    {
        $this->client = $client;
        $this->separator = $separator;
    }

    public function all($file)
    {
        $out = [];
        foreach ($this->rows($file) as $row) {
            $out[$row[0]] = $row[1];
        }
        return [$out, $this->client->chain('v3/certificates')->get()->getStatusCode()];
    }

    private function rows(string $file): \Generator
    {
        $handle = fopen($file, 'r');
        while (($row = fgetcsv($handle, 0, $this->separator)) !== false) {
            yield $row;
        }
        fclose($handle);
    }
}
