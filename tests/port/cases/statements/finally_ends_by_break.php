<?php
/* @oracle {"runs": [{"answers": [{"n": 1}]}, {"answers": ["timeout"]}]} */
foreach ([1, 2] as $turn) {
    try {
        try {
            $instance->chain('v3/certificates')->get();
            break;
        } catch (\RuntimeException $e) {
            continue;
        } finally {
            echo 'finally ';
        }
    } catch (\Exception $e) {
        echo 'never';
    }
}
echo 'end';
