<?php
/* @oracle {"runs": [{"answers": [[403, {"code": "NO_AUTH", "message": "no"}]]}, {"answers": ["timeout"]}, {"answers": [{"a": 1}]}]} */
try {
    $instance->chain('v3/certificates')->get();
    echo 'got';
} catch (\Exception $e) {
    echo 'failed';
    if ($e instanceof \Psr\Http\Message\ResponseInterface && $e->hasResponse()) {
        echo $e->getResponse()->getStatusCode();
    }
}
