<?php
/* @oracle {"answers": [{"a": 1}], "runs": [
    {"calls": [{"function": "listed", "args": ["@instance"]}]},
    {"calls": [{"function": "listed_for_root", "args": ["@instance"]}]},
    {"calls": [{"function": "given", "args": ["@instance", {"base_uri": "https://y.example.com/zz/q", "query": {"a": "b"}}]}]},
    {"calls": [{"function": "given_for_root", "args": ["@instance", {"base_uri": "https://y.example.com/zz/q"}]}]},
    {"calls": [{"function": "path", "args": ["@instance", "v3/certificates"]}]},
    {"calls": [{"function": "path", "args": ["@instance", "/v3/certificates"]}]},
    {"calls": [{"function": "both", "args": ["@instance", "v3/certificates", {"base_uri": "https://y.example.com/zz/"}]}]},
    {"calls": [{"function": "both", "args": ["@instance", "/v3/certificates", {"base_uri": "https://y.example.com/zz/"}]}]},
    {"calls": [{"function": "literal_for_root", "args": ["@instance"]}]}
]} */

function listed($i)
{
    $options = ['base_uri' => 'https://y.example.com/zz/q', 'json' => ['a' => 1.0]];
    return $i->chain('v3/pay/transactions/native')->post($options)->getStatusCode();
}

function listed_for_root($i)
{
    $options = ['base_uri' => 'https://y.example.com/zz/q', 'json' => ['a' => 1]];
    return $i->chain('/v3/pay/transactions/native')->post($options)->getStatusCode();
}

function given($i, $options)
{
    return $i->v3->certificates->get($options)->getStatusCode();
}

function given_for_root($i, $options)
{
    return $i->chain('/v3/certificates')->get($options)->getStatusCode();
}

function path($i, $path)
{
    return $i->chain($path)->get(['base_uri' => 'https://y.example.com/zz/q', 'query' => ['a' => 'b']])->getStatusCode();
}

function both($i, $path, $options)
{
    return $i->chain($path)->get($options)->getStatusCode();
}

function literal_for_root($i)
{
    return $i->chain('/v3/certificates')->get(['base_uri' => 'https://y.example.com/zz/q'])->getStatusCode();
}
