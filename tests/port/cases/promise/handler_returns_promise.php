<?php
/* @oracle {"runs": [{"answers": [{"a": 1}, {"b": 2}]}, {"answers": [{"a": 1}, "timeout"]}, {"answers": ["connect", {"b": 2}]}]} */
$response = $instance->chain('v3/certificates')->getAsync()
    ->then(function ($first) use ($instance) {
        echo 'first ';
        return $instance->chain('v3/pay/transactions/native')->postAsync(['json' => ['n' => 1]]);
    })
    ->otherwise(function ($failure) use ($instance) {
        echo 'again ';
        return $instance->chain('v3/pay/transactions/native')->postAsync(['json' => ['n' => 2]]);
    })
    ->wait();
echo $response->getBody();
