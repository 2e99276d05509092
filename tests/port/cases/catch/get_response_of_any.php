<?php
/* @oracle {"runs": [{"answers": ["connect"], "calls": [{"function": "guarded", "args": ["@instance"]}]}, {"answers": [[404, {"code": "X"}]], "calls": [{"function": "guarded", "args": ["@instance"]}]}, {"answers": ["timeout"], "calls": [{"function": "f", "args": ["@instance"]}]}, {"answers": [[400, {"code": "X"}]], "calls": [{"function": "f", "args": ["@instance"]}]}, {"answers": ["connect"], "calls": [{"function": "g", "args": ["@instance"]}]}, {"answers": [], "calls": [{"function": "h", "args": []}]}, {"answers": ["badsign"], "calls": [{"function": "f", "args": ["@instance"]}]}]} */
function f($instance)
{
    try {
        $instance->chain('v3/certificates')->get();
        return 'ok';
    } catch (\Exception $e) {
        $r = $e->getResponse();
        return $r ? $r->getStatusCode() : 'none';
    }
}
function g($instance)
{
    try {
        $instance->chain('v3/certificates')->get();
        return 'ok';
    } catch (\Exception $e) {
        return $e->hasResponse() ? 'has' : 'has not';
    }
}
function h()
{
    try {
        throw new \RuntimeException('own');
    } catch (\Exception $e) {
        return $e->getResponse() === null ? 'none' : 'some';
    }
}
function guarded($instance)
{
    try {
        $instance->chain('v3/certificates')->get();
        return 'ok';
    } catch (\Exception $e) {
        if (!$e instanceof \GuzzleHttp\Exception\RequestException || !$e->hasResponse()) {
            return 'no answer';
        }
        return $e->getResponse()->getStatusCode();
    }
}
