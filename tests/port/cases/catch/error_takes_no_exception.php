<?php
/* @oracle {"runs": [{"answers": [{}, {}]}, {"answers": ["connect", {}]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\Error $e) {
    echo 'error';
}
$instance->chain('v3/certificates')->get();
