<?php
/* @oracle {"runs": [{"answers": ["connect", {}]}, {"answers": [{}, {}]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\LogicException $e) {
    echo 'logic';
}
$instance->chain('v3/certificates')->get();
