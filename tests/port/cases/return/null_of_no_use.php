<?php
/* @oracle {"runs": [{"answers": [{"n": 1}], "calls": [{"function": "check", "args": ["@instance", 1]}]}, {"answers": [], "calls": [{"function": "check", "args": ["@instance", 0]}]}]} */
function check($client, int $amount)
{
    if ($amount === 0) {
        echo 'nothing';
        return null;
    } else {
        $client->chain('v3/certificates')->get();
    }
    echo 'done';
}
