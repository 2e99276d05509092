<?php
/* @oracle {"runs": [{"answers": [{"n": 1}]}, {"answers": ["timeout"]}, {"answers": [[400, {"code": "PARAM_ERROR", "message": "wrong"}]]}]} */
$total = 3;
$instance->chain('v3/certificates')->getAsync()
    ->then(function ($response) use ($total) {
        echo 'then ';
        if ($total > 1) {
            return $total;
        }
        return $response;
    })
    ->otherwise(function ($failure) use ($total) {
        echo 'otherwise ';
        if ($total > 5) {
            return $failure;
        }
        return $total;
    })
    ->then(function ($value) {
        echo 'last ';
        return $value;
    })
    ->wait();
echo 'end';
