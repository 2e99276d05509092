<?php
/* @oracle {"runs": [{"answers": [{"id": "7"}, {"b": 2}, {"c": 3}]}, {"answers": [{"id": "7"}, "timeout", {"c": 3}]}]} */
try {
    $instance->chain('v3/pay/transactions/native')->postAsync(['json' => ['n' => 1]])->then(function ($response) use ($instance) {
        $id = json_decode((string) $response->getBody(), true)['id'];
        return $instance->chain('v3/pay/transactions/id/{id}')->getAsync(['id' => $id, 'query' => ['mchid' => '1']]);
    })->then(function ($response) {
        echo $response->getBody();
    })->wait();
} catch (\Exception $e) {
    echo 'failed';
}
$instance->chain('v3/certificates')->get();
