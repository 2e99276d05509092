<?php
/* @oracle {"runs": [{"answers": [[404, {"code": "A", "message": "m"}]]}, {"answers": ["connect"]}, {"answers": ["badsign"]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\Exception $e) {
    echo $e->getCode();
    if ($e->getCode() === 404) {
        echo ' not there';
    }
}
