<?php
/* @oracle {"runs": [{"answers": [{}]}, {"answers": ["timeout"]}, {"answers": ["broken"]}, {"answers": ["badsign"]}, {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "m"}]]}, {"answers": [[503, {"code": "SYSTEM_ERROR", "message": "m"}]]}]} */
use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\ConnectException;
use GuzzleHttp\Exception\RequestException;
use GuzzleHttp\Exception\ServerException;

try {
    $instance->chain('v3/pay/transactions/id/{id}')->get(['id' => '1', 'query' => ['mchid' => '1']]);
    echo 'fine';
} catch (ClientException $e) {
    echo 'client';
} catch (ServerException $e) {
    echo 'server';
} catch (ConnectException $e) {
    echo 'connect';
} catch (RequestException $e) {
    echo 'request';
} catch (\Throwable $e) {
    echo 'other';
}
