<?php
/* @oracle {"runs": [{"answers": [{}]}, {"answers": ["connect"]}, {"answers": [[400, {"code": "A", "message": "m"}]]}]} */
try {
    $instance->chain('v3/certificates')->get();
    echo 'ok ';
} catch (\GuzzleHttp\Exception\ClientException $e) {
    echo 'client ';
} finally {
    echo 'finally ';
}
echo 'end';
