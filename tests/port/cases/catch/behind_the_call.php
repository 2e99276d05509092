<?php
/* @oracle {"runs": [{"answers": [{"resource": {"n": 1}}, {}]}, {"answers": ["html", {}]}]} */
try {
    $response = $instance->chain('v3/certificates')->get();
    $data = json_decode((string) $response->getBody(), true);
    if ($data === null) {
        throw new \UnexpectedValueException('no JSON');
    }
    echo $data['resource']['n'];
} catch (\UnexpectedValueException $e) {
    echo $e->getMessage();
}
$instance->chain('v3/certificates')->get();
