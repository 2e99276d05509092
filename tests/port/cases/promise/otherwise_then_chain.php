<?php
/* @oracle {"runs": [{"answers": [{"a": 1}, {"b": 2}]}, {"answers": ["connect", {"b": 2}]}, {"answers": [[401, {"code": "SIGN_ERROR", "message": "m"}], {"b": 2}]}]} */
$instance->chain('v3/certificates')->getAsync()
    ->then(function ($response) {
        echo 'A';
        return 'a';
    })
    ->otherwise(function ($e) {
        echo 'O';
        return 'o';
    })
    ->then(function ($value) {
        echo "B($value)";
    })
    ->wait();
