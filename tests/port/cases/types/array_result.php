<?php
/* @oracle {"runs": [
 {"answers": [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}, {"a": "5"}], "calls": [{"function": "told", "args": ["@instance", 0]}, {"function": "told", "args": ["@instance", 1]}, {"function": "nullable", "args": ["@instance"]}, {"function": "caught", "args": ["@instance"]}, {"function": "told", "args": ["@instance", 2]}]},
 {"answers": ["empty", "empty", "empty", "empty"], "calls": [{"function": "told", "args": ["@instance", 0]}, {"function": "told", "args": ["@instance", 1]}, {"function": "nullable", "args": ["@instance"]}, {"function": "caught", "args": ["@instance"]}]},
 {"answers": [{"text": "5"}, {"text": "\"x\""}, {"a": null}], "calls": [{"function": "told", "args": ["@instance", 0]}, {"function": "told", "args": ["@instance", 1]}, {"function": "told", "args": ["@instance", 2]}]}]} */

function direct($instance): array
{
    return json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
}

function held($instance): array
{
    $result = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    return $result;
}

function nullable($instance): ?array
{
    return json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
}

function caught($instance): array
{
    try {
        $result = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
        return $result;
    } catch (\TypeError $e) {
        return ['caught' => true];
    }
}

function told($instance, int $which): string
{
    try {
        if ($which === 2) {
            return text($instance);
        }
        $given = $which === 0 ? direct($instance) : held($instance);
        return 'an array of ' . count($given);
    } catch (\TypeError $e) {
        return 'another type';
    }
}

function text($instance): string
{
    return json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true)['a'];
}
