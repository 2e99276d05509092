<?php
/* @oracle {"runs": [
 {"answers": [{"batch_id": "B1"}, {"batch_id": "B2"}], "calls": [{"function": "both", "args": ["@instance", "T1"]}, {"function": "one", "args": ["@instance"]}]},
 {"answers": [[400, {"code": "PARAM_ERROR", "message": "bad"}], [500, {"code": "SYSTEM_ERROR", "message": "later"}]], "calls": [{"function": "both", "args": ["@instance", "T1"]}, {"function": "one", "args": ["@instance"]}]},
 {"answers": ["timeout", "connect"], "calls": [{"function": "both", "args": ["@instance", "T1"]}, {"function": "failed", "args": ["@instance"]}]},
 {"answers": ["badsign", {"ok": 1}], "calls": [{"function": "both", "args": ["@instance", "T1"]}, {"function": "failed", "args": ["@instance"]}]},
 {"answers": [{"a": 2}], "calls": [{"function": "apart", "args": ["@instance"]}]},
 {"answers": [{"batch_id": ""}, {"a": 1}], "calls": [{"function": "both", "args": ["@instance", "T1"]}, {"function": "counted", "args": ["@instance"]}]}]} */

use WeChatPay\BuilderChainable;
use GuzzleHttp\Exception\RequestException;

function both(BuilderChainable $instance, string $no)
{
    $tries = 1;
    $instance->chain('v3/transfer/batches')->postAsync([
        'json' => ['out_batch_no' => $no],
    ])->then(static function ($response) use (&$result, &$tries) {
        $result = json_decode((string) $response->getBody(), true);
        $tries += 1;
        if (empty($result['batch_id'])) {
            throw new \RuntimeException('no batch');
        }
        $no = 'another';
        $result = ['code' => 0, 'data' => $result, 'no' => $no];
    })->otherwise(static function ($exception) use (&$result, $no) {
        if ($exception instanceof RequestException && $exception->hasResponse()) {
            $body = json_decode((string) $exception->getResponse()->getBody(), true);
            $result = ['code' => -1, 'message' => $body['message'] ?? 'none', 'no' => $no];
        } else {
            $result = ['code' => -2, 'failed' => $exception instanceof RequestException];
        }
        return $result;
    })->wait();
    return [$result, $no, $tries];
}

function one(BuilderChainable $instance)
{
    $data = ['kept'];
    try {
        $instance->chain('v3/certificates')->getAsync()->then(function ($response) use (&$data, &$unset) {
            $data[] = $response->getStatusCode();
        })->wait();
    } catch (\Throwable $e) {
        $data[] = 'caught';
    }
    return [$data, $unset];
}

function failed(BuilderChainable $instance)
{
    $error = '';
    $instance->chain('v3/certificates')->getAsync()->otherwise(function (\Throwable $e) use (&$error) {
        $error = 'failed';
        echo 'reported ';
    })->wait();
    return $error;
}

function counted(BuilderChainable $instance)
{
    $count = 0;
    $instance->chain('v3/certificates')->getAsync()->then(function () use (&$count) {
        $count++;
    })->wait();
    return $count;
}

function apart(BuilderChainable $instance)
{
    $kept = 1;
    $instance->chain('v3/certificates')->getAsync()->then(function ($response) use (&$found, $kept) {
        $data = json_decode((string) $response->getBody(), true);
        $found = $data['a'] + $kept;
    })->wait();
    $data[] = $found;
    $response = isset($response) ? 'set' : 'unset';
    return [$data, $response, $kept];
}
