<?php
/* @oracle {"answers": [{"data": [{"serial_no": "S1"}, {"serial_no": "S2"}]}]} */
$response = $instance->chain('v3/certificates')->get();
foreach (json_decode((string) $response->getBody(), true)['data'] as $i => $certificate) {
    echo $i, ':', $certificate['serial_no'], ' ';
}
