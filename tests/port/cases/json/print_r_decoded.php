<?php
/* @oracle {"answers": [{"code": "OK", "rows": [{"a": 1}, []], "none": {}}]} */
$response = $instance->chain('v3/certificates')->get();
$decoded = json_decode((string)$response->getBody());
print_r($decoded);
print_r($decoded->rows);
print_r(json_decode((string)$response->getBody()));

