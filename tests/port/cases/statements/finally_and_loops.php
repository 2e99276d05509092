<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]}, {"answers": ["timeout", {"n": 2}, "timeout", {"n": 4}]}]} */
foreach (['a', 'b', 'c', 'd'] as $step) {
    for ($i = 0; $i < 2; $i++) {
        try {
            if ($step === 'b') {
                continue 2;
            }
            if ($i === 1) {
                break;
            }
            echo $instance->chain('v3/certificates')->get()->getStatusCode(), $step, ' ';
            if ($step === 'd') {
                break 2;
            }
            try {
                if ($step === 'c') {
                    continue;
                }
            } finally {
                echo 'inner ';
            }
        } catch (\GuzzleHttp\Exception\ConnectException $e) {
            echo 'failed ';
            break;
        } finally {
            echo 'finally', $i, ' ';
        }
        echo 'after ';
    }
    echo 'next ';
}
echo 'end';
