<?php
/* @oracle {"runs": [{"answers": [{"n": 3}]}, {"answers": ["connect"]}]} */
echo $instance->chain('v3/certificates')->getAsync()
    ->then(function ($response) { return json_decode((string) $response->getBody(), true)['n']; })
    ->then(function ($n) { return $n * 2; })
    ->then(function ($n) { return "n=$n"; })
    ->wait();
