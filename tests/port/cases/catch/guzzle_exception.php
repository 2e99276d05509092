<?php
/* @oracle {"runs": [{"answers": [[400, {"code": "A", "message": "m"}]]}, {"answers": ["timeout"]}, {"answers": ["badsign"]}]} */
try {
    $instance->chain('v3/certificates')->get();
    echo 'fine';
} catch (\GuzzleHttp\Exception\GuzzleException $e) {
    echo 'guzzle';
}
