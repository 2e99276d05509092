<?php
/* @oracle {"calls": [{"new": "NestedServiceCalls", "call": "run", "args": ["@foreign:Common", "a"]}], "foreign": {"Common->token": ["t1", "t2"], "Common->send": ["sent", "again"]}} */

class NestedServiceCalls
{
    public function run($common, string $name): array
    {
        $first = $common->send('https://example.com/?token=' . $common->token(), $name);
        return [$first, $common->send($common->token(), $first)];
    }
}
