<?php
/* @oracle {"runs": [{"answers": [[404, {"code": "A", "message": "m"}]]}, {"answers": ["connect"]}, {"answers": [[500, {}]]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\Exception $e) {
    echo get_class($e);
}
