<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}]}, {"answers": [{"n": 1}, "connect"]}]} */
$promises = [
    'a' => $instance->chain('v3/certificates')->getAsync(),
    'b' => $instance->chain('v3/pay/transactions/id/{id}')->getAsync(['id' => '1', 'query' => ['mchid' => '1']]),
];
$responses = \GuzzleHttp\Promise\Utils::unwrap($promises);
echo $responses['a']->getBody(), $responses['b']->getBody();
