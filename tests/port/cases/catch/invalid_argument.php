<?php
/* @oracle {"runs": [{"answers": [{}]}, {"answers": [[400, {"code": "A", "message": "m"}]]}, {"answers": ["connect"]}]} */
try {
    $instance->chain('v3/certificates')->get();
    echo 'fine';
} catch (\InvalidArgumentException $e) {
    echo 'argument';
}
echo ' end';
