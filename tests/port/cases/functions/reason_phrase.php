<?php
/* @oracle {"runs": [{"answers": [{"n": 1}]}, {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "none"}]]}, {"answers": [[503, {"code": "SYSTEM_ERROR", "message": "later"}]]}, {"answers": ["timeout"]}]} */
try {
    $response = $instance->chain('v3/certificates')->get();
    echo $response->getStatusCode(), ' ', $response->getReasonPhrase();
} catch (\GuzzleHttp\Exception\RequestException $e) {
    if ($e->hasResponse()) {
        echo $e->getResponse()->getStatusCode() . ' ' . $e->getResponse()->getReasonPhrase();
    }
} catch (\Exception $e) {
    echo 'unknown';
}
