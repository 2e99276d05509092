<?php
/* @oracle {"answers": [{"data": []}]} */
$response = $instance->chain('v3/certificates')->get();
foreach (json_decode((string) $response->getBody(), true)['data'] as $one) {
    echo 'never';
}
echo 'end';
