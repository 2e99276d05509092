<?php
/* @oracle {"runs": [{"answers": ["nothing", {}]}, {"answers": ["broken", {}]}, {"answers": ["timeout", {}]}]} */
use GuzzleHttp\Exception\ConnectException;
use GuzzleHttp\Exception\RequestException;

try {
    $instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => '1']]);
    echo 'done';
} catch (RequestException $e) {
    echo $e->hasResponse() ? 'refused' : 'broken';
} catch (ConnectException $e) {
    echo 'no answer';
}
$instance->chain('v3/certificates')->get();
