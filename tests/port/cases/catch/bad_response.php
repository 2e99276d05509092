<?php
/* @oracle {"runs": [{"answers": [[400, {"code": "A", "message": "m"}], {}]}, {"answers": [[502, {}], {}]}, {"answers": ["badsign", {}]}, {"answers": ["timeout", {}]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\GuzzleHttp\Exception\BadResponseException $e) {
    echo $e->getResponse()->getStatusCode();
}
$instance->chain('v3/certificates')->get();
