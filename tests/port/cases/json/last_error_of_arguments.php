<?php
/* @oracle {"runs": [
    {"calls": [{"function": "asked", "args": [["a"], {"a": "[1"}]}]},
    {"calls": [{"function": "asked", "args": ["[1]", {"a": ["b"]}]}]},
    {"calls": [{"function": "asked", "args": ["[1", {"a": null}]}]},
    {"calls": [{"function": "asked", "args": [7, {"a": 1.5}]}]},
    {"calls": [{"function": "between", "args": ["[1", "[1]"]}]},
    {"calls": [{"function": "between", "args": ["[1]", "[1"]}]}
]} */

function asked($text, array $data)
{
    $out = [];
    try {
        $first = json_decode($text, true);
        $out[] = [$first, json_last_error(), json_last_error_msg()];
    } catch (TypeError $e) {
        $out[] = $e->getMessage();
    }
    try {
        $second = json_decode($data['a'], true);
        $out[] = [$second, json_last_error()];
    } catch (TypeError $e) {
        $out[] = $e->getMessage();
    }
    return $out;
}

// Each of these asks for the error of the call before it.
function between($one, $other)
{
    $first = json_decode($one, true);
    $known = is_array($first) && count($first) > 0 ? trim(' yes ') : 'no';
    $out = [$known, json_last_error()];
    $decode = function ($text) {
        json_decode($text);
        return json_last_error_msg();
    };
    $out[] = json_last_error();
    $out[] = $decode($other);
    if (json_decode($other) === null && json_last_error() !== JSON_ERROR_NONE) {
        $out[] = json_last_error_msg();
    }
    $out[] = json_encode(['a' => 1]) . json_last_error();
    return $out;
}
