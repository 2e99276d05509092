<?php
/* @oracle {"runs": [
 {"answers": [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}], "calls": [{"function": "direct", "args": ["@instance"]}, {"function": "held", "args": ["@instance"]}, {"function": "nullable", "args": ["@instance"]}, {"function": "caught", "args": ["@instance"]}]},
 {"answers": ["empty"], "calls": [{"function": "direct", "args": ["@instance"]}]},
 {"answers": ["empty"], "calls": [{"function": "held", "args": ["@instance"]}]},
 {"answers": ["empty"], "calls": [{"function": "nullable", "args": ["@instance"]}]},
 {"answers": ["empty"], "calls": [{"function": "caught", "args": ["@instance"]}]},
 {"answers": [{"text": "5"}], "calls": [{"function": "held", "args": ["@instance"]}]},
 {"answers": ["empty"], "calls": [{"function": "told", "args": ["@instance"]}]},
 {"answers": [{"a": null}], "calls": [{"function": "text", "args": ["@instance"]}]}]} */

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

function told($instance): string
{
    try {
        direct($instance);
    } catch (\TypeError $e) {
        return 'not an array';
    }
    return 'an array';
}

function text($instance): string
{
    return json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true)['a'];
}
