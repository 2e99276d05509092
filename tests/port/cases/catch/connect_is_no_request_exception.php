<?php
/* @oracle {"runs": [{"answers": [{}, {}]}, {"answers": ["timeout", {}]}, {"answers": ["connect", {}]}, {"answers": [[400, {"code": "PARAM_ERROR", "message": "m"}], {}]}, {"answers": [[500, {"code": "SYSTEM_ERROR", "message": "m"}], {}]}]} */
try {
    $instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => '1']]);
    echo 'done';
} catch (\GuzzleHttp\Exception\RequestException $e) {
    echo 'failed';
}
$instance->chain('v3/certificates')->get();
