<?php
/* @oracle {"runs": [
    {"answers": [[400, {"code": "PARAM_ERROR", "message": "no"}]], "calls": [{"function": "thrown_later", "args": ["@instance"]}]},
    {"answers": [{}], "calls": [{"function": "thrown_later", "args": ["@instance"]}]},
    {"answers": ["timeout"], "calls": [{"function": "told", "args": ["@instance"]}]},
    {"answers": [{}], "calls": [{"function": "told", "args": ["@instance"]}]},
    {"answers": ["timeout", [400, {"code": "PARAM_ERROR"}], "timeout"], "calls": [{"function": "repeated", "args": ["@instance"]}]},
    {"answers": ["timeout", {}], "calls": [{"function": "repeated", "args": ["@instance"]}]},
    {"answers": ["timeout"], "calls": [{"function": "of_another_type", "args": ["@instance"]}]},
    {"answers": [{}], "calls": [{"function": "of_another_type", "args": ["@instance"]}]}
]} */

function thrown_later($instance)
{
    $e = null;
    try {
        $instance->chain('v3/certificates')->get();
    } catch (\Exception $e) {
    }
    if ($e !== null) {
        throw $e;
    }
    return 'ok';
}

function told($instance)
{
    $err = null;
    try {
        $instance->chain('v3/certificates')->get();
    } catch (\GuzzleHttp\Exception\ConnectException $err) {
    } catch (\Throwable $err) {
        echo 'other';
    }
    return ['failed' => $err !== null];
}

function repeated($instance)
{
    $last = new \RuntimeException('none');
    for ($i = 0; $i < 3; $i++) {
        try {
            return $instance->chain('v3/certificates')->get()->getStatusCode();
        } catch (\Exception $last) {
            echo $i;
        }
    }
    throw $last;
}

function of_another_type($instance)
{
    $err = false;
    try {
        $instance->chain('v3/certificates')->get();
    } catch (\Exception $err) {
        echo get_class($err);
    }
    return 1;
}
