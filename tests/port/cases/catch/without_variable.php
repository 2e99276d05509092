<?php
/* @oracle {"runs": [{"answers": [{}]}, {"answers": ["connect"]}]} */
try {
    $instance->chain('v3/certificates')->get();
    echo 'ok';
} catch (\Exception) {
    echo 'bad';
}
