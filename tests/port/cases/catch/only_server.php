<?php
/* @oracle {"runs": [{"answers": [[400, {"code": "A", "message": "m"}], {}]}, {"answers": [[502, {}], {}]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\GuzzleHttp\Exception\ServerException $e) {
    echo 'server';
}
$instance->chain('v3/certificates')->get();
