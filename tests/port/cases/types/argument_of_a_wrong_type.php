<?php
/* @oracle {"runs": [
    {"answers": [{"list": null, "text": "a"}], "calls": [{"function": "sum", "args": ["@instance"]}]},
    {"answers": [{"list": "abc", "text": ["a"]}], "calls": [{"function": "sum", "args": ["@instance"]}, {"function": "cut", "args": ["@instance"]}]},
    {"answers": [{"list": [1, 2], "text": {"a": 1}}], "calls": [{"function": "sum", "args": ["@instance"]}]},
    {"answers": [{"list": "x", "text": ["a"]}], "calls": [{"function": "cut", "args": ["@instance"]}]},
    {"answers": [{"list": null, "text": "b"}], "calls": [{"function": "found", "args": ["@instance"]}]},
    {"answers": [{"list": {"a": 1}, "text": ["b"]}], "calls": [{"function": "repeated", "args": ["@instance"]}]}
]} */

function sum($instance)
{
    $answer = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    echo array_sum($answer['list']);
}

function cut($instance)
{
    $answer = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    echo strtoupper($answer['text']);
}

function found($instance)
{
    $answer = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    var_dump(in_array('b', $answer['list']));
}

function repeated($instance)
{
    $answer = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    echo json_encode(array_replace($answer['list'], ['b' => 2])), str_repeat('x', $answer['text']);
}
