<?php
/* @oracle {"runs": [{"answers": ["timeout"]}, {"answers": ["broken"]}, {"answers": [[400, {"code": "A", "message": "m"}]]}]} */
try {
    $instance->chain('v3/certificates')->get();
} catch (\GuzzleHttp\Exception\ConnectException | \GuzzleHttp\Exception\ServerException $e) {
    echo 'again later';
} catch (\Exception $e) {
    echo 'never again';
}
