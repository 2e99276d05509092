<?php
/* @oracle {"runs": [{"answers": ["timeout", {"trade_state": "SUCCESS"}]}, {"answers": [[400, {"code": "A", "message": "m"}], {}]}, {"answers": [{}, {}]}]} */
try {
    $instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => '1']]);
} catch (\Exception $e) {
    if ($e instanceof \GuzzleHttp\Exception\ConnectException) {
        echo 'unknown: query first ';
        echo $instance->chain('v3/refund/domestic/refunds/{no}')->get(['no' => 'R'])->getBody();
    } else {
        echo 'refused';
    }
}
