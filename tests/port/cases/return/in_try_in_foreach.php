<?php
/* @oracle {"runs": [{"answers": [{"s": 1}, {"s": 2}, {"s": 3}]}, {"answers": ["connect", {"s": 2}, {"s": 3}]}, {"answers": [{"s": 1}, "timeout", {"s": 3}]}]} */
foreach (['A', 'B', 'C'] as $no) {
    try {
        $response = $instance->chain('v3/pay/transactions/id/{id}')->get(['id' => $no, 'query' => ['mchid' => '1']]);
        $data = json_decode((string) $response->getBody(), true);
        if ($data['s'] == 2) {
            echo 'two';
            return;
        }
        echo $no;
    } catch (\Throwable $e) {
        echo 'x';
        continue;
    }
    echo '.';
}
$instance->chain('v3/certificates')->get();
