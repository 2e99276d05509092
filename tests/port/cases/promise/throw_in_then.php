<?php
/* @oracle {"runs": [{"answers": [{"state": "CLOSED"}, {}]}, {"answers": [{"state": "OK"}, {}]}, {"answers": ["broken", {}]}]} */
$instance->chain('v3/certificates')->getAsync()->then(function ($response) {
    $data = json_decode((string) $response->getBody(), true);
    if ($data['state'] !== 'OK') {
        throw new \RuntimeException('not ok');
    }
    echo 'ok';
})->otherwise(function ($e) {
    echo get_class($e) === 'RuntimeException' ? $e->getMessage() : 'other';
})->wait();
$instance->chain('v3/certificates')->get();
