<?php
/* @oracle {"runs": [{"answers": ["connect", {}]}, {"answers": [[400, {"code": "A", "message": "m"}], {}]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\RuntimeException $e) {
    echo 'runtime';
}
$instance->chain('v3/certificates')->get();
