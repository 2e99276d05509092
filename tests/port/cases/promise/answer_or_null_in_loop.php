<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}]}, {"answers": ["timeout", {"n": 2}]}]} */
foreach ([1, 2] as $turn) {
    $response = $instance->chain('v3/certificates')->getAsync()
        ->otherwise(function ($failure) {
            echo 'otherwise ';
        })
        ->then(function ($given) {
            echo 'then ';
            return $given;
        })
        ->wait();
    echo $turn, $response === null ? ' nothing ' : ' answered ';
}
