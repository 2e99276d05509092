<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}]}, {"answers": ["timeout", {"n": 2}]}]} */
// The handler is written before the call that it is given to, and the code is in no function.
$suffix = '!';
$done = function ($response) use ($suffix) {
    echo $response->getStatusCode(), $suffix, "\n";
    return $response;
};
$failed = function ($e) {
    echo get_class($e) === 'GuzzleHttp\Exception\ConnectException' ? 'lost' : 'other', "\n";
};
$instance->chain('v3/certificates')->getAsync()->then($done)->otherwise($failed)->wait();
$promise = $instance->chain('v3/certificates')->getAsync();
$promise = $promise->then(function ($response) use ($suffix) {
    echo $suffix, $response->getBody(), "\n";
});
$promise->wait();
echo 'end';
