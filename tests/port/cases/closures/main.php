<?php
/* @oracle {"answers": [{"certificates": [1, 2]}, "connect"], "define": {"instance": "@instance"}} */
function guarded(callable $send, string $what)
{
    try {
        return $send();
    } catch (\GuzzleHttp\Exception\ConnectException $e) {
        echo "$what failed\n";
        return null;
    }
}

$mchid = '1900000109';
$first = guarded(fn () => $instance->chain('v3/certificates')->get(['query' => ['m' => $mchid]]), 'first');
echo count(json_decode((string) $first->getBody(), true)['certificates']), "\n";
$second = guarded(function () use ($instance, $mchid) {
    return $instance->chain('v3/certificates')->get(['query' => ['n' => $mchid]]);
}, 'second');
var_dump($second === null);
