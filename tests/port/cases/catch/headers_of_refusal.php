<?php
/* @oracle {"runs": [
 {"answers": [{"status": 429, "headers": {"Retry-After": "7", "Request-ID": "08F8-1"}, "text": "{\"code\":\"FREQUENCY_LIMIT\",\"message\":\"slow\"}"}]},
 {"answers": [{"status": 502, "headers": {"Request-ID": "08F8-2"}, "text": "gone", "signed": false}]},
 {"answers": [{"headers": {"Request-ID": "08F8-3"}, "text": "{}", "signed": false}]},
 {"answers": [[400, {"code": "PARAM_ERROR", "message": "m"}]]}]} */
use GuzzleHttp\Exception\RequestException;

try {
    $instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => '1']]);
    echo 'done';
} catch (RequestException $e) {
    $answer = $e->getResponse();
    echo $answer->getStatusCode(), '|', $answer->getHeaderLine('Request-ID'), '|', $answer->getHeaderLine('retry-after'), '|';
    echo $answer->getHeaderLine('X-None'), '|', (int) $answer->getHeaderLine('Retry-After') ?: 1;
}
