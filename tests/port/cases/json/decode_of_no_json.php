<?php
/* @oracle {"runs": [{"answers": ["html", {}]}, {"answers": ["empty", {}]}, {"answers": [{"a": 1}, {}]}]} */
$response = $instance->chain('v3/certificates')->get();
$data = json_decode((string) $response->getBody(), true);
if ($data === null) {
    echo 'no JSON';
} else {
    echo $data['a'];
}
$instance->chain('v3/certificates')->get();
