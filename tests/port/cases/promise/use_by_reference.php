<?php
/* @oracle {"answers": [{"a": 1}]} */
$seen = 0;
$instance->chain('v3/certificates')->getAsync()->then(function ($response) use (&$seen) {
    $seen = $response->getStatusCode();
})->wait();
echo $seen;
