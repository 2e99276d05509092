<?php
/* @oracle {"runs": [{"answers": [{}, {}]}, {"answers": [[400, {"code": "A", "message": "m"}], {}]}, {"answers": [[502, {}], {}]}, {"answers": ["connect", {}]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\GuzzleHttp\Exception\ClientException $e) {
    echo 'client';
}
$instance->chain('v3/certificates')->get();
