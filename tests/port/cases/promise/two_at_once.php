<?php
/* @oracle {"runs": [{"answers": [{"a": 1}, {"b": 2}]}, {"answers": ["timeout", {"b": 2}]}, {"answers": [{"a": 1}, "timeout"]}]} */
$first = $instance->chain('v3/pay/transactions/native')->postAsync(['json' => ['n' => 1]]);
$second = $instance->chain('v3/pay/transactions/native')->postAsync(['json' => ['n' => 2]]);
try {
    echo $first->wait()->getBody(), "\n";
    echo $second->wait()->getBody(), "\n";
} catch (\Exception $e) {
    echo 'failed';
}
