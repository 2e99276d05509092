<?php
/* @oracle {"runs": [{"answers": [{"a": 1}]}, {"answers": ["connect"]}, {"answers": [[400, {"code": "X", "message": "y"}]]}]} */
$instance->chain('v3/certificates')->getAsync()->otherwise(function ($e) {
    echo 'logged ';
    throw $e;
})->wait();
echo 'end';
