<?php
/* @oracle {"answers": [{"code": "OK"}]} */
$response = $instance->chain('v3/certificates')->get(['debug' => true, 'query' => ['a' => 'b']]);
echo $response->getStatusCode();
