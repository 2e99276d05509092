<?php
/* @oracle {"answers": [{"code": "A", "count": 2, "ok": true, "none": null}]} */
$response = $instance->chain('v3/certificates')->get();
foreach (json_decode((string) $response->getBody(), true) as $key => $value) {
    echo "$key=", var_export($value, true), ';';
}
