<?php
/* @oracle {"runs": [{"answers": [{}, {}, {}]}, {"answers": ["connect", {}, {}]}, {"answers": [{}, [400, {"code": "A", "message": "b"}], {}]}]} */
try {
    try {
        $instance->chain('v3/certificates')->get();
        echo '1';
    } catch (\GuzzleHttp\Exception\ConnectException $e) {
        echo 'inner';
        return;
    }
    $instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => 1]]);
    echo '2';
} catch (\GuzzleHttp\Exception\ClientException $e) {
    echo 'outer', $e->getResponse()->getStatusCode();
    return;
}
echo '3';
$instance->chain('v3/pay/transactions/jsapi')->post(['json' => ['a' => 1]]);
