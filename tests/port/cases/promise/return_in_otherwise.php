<?php
/* @oracle {"runs": [{"answers": [{"a": 1}, {"b": 1}]}, {"answers": ["timeout", {"b": 1}]}, {"answers": [[400, {"code": "C", "message": "m"}], {"b": 1}]}]} */
$instance->chain('v3/certificates')->getAsync()->then(function ($response) {
    echo $response->getStatusCode();
})->otherwise(function ($e) {
    if ($e instanceof \GuzzleHttp\Exception\ConnectException) {
        echo 'unknown';
        return;
    }
    echo 'refused';
})->wait();
$instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => 1]]);
