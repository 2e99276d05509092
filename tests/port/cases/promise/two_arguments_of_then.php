<?php
/* @oracle {"runs": [{"answers": [{"a": 1}]}, {"answers": ["connect"]}]} */
$instance->chain('v3/certificates')->getAsync()->then(
    function ($response) { echo 'yes ', $response->getStatusCode(); },
    function ($reason) { echo 'no'; }
)->wait();
