<?php
/* @oracle {"runs": [{"answers": [[403, {"code": "NO_AUTH", "message": "not allowed"}]]}, {"answers": ["broken"]}, {"answers": ["badsign"]}, {"answers": ["connect"]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\Exception $e) {
    if ($e instanceof \GuzzleHttp\Exception\RequestException && $e->hasResponse()) {
        $r = $e->getResponse();
        echo $r->getStatusCode(), ' ', $r->getBody();
    } else {
        echo 'no response';
    }
}
