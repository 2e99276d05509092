<?php
/* @oracle {"runs": [{"answers": ["timeout", "timeout", {"ok": 1}]}, {"answers": ["timeout", "connect", "timeout", {}]}, {"answers": [[400, {"code": "A", "message": "m"}]]}]} */
$tries = 0;
while ($tries < 3) {
    try {
        echo $instance->chain('v3/certificates')->get()->getBody();
        break;
    } catch (\GuzzleHttp\Exception\ConnectException $e) {
        $tries++;
        echo "try $tries ";
    }
}
