<?php
/* @oracle {"runs": [{"answers": [{"ok": true}, {"ok": false}]}, {"answers": [{"ok": false}, {"ok": true}]}]} */
function ok($instance): bool
{
    return json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true)['ok'];
}
if (ok($instance) && ok($instance)) {
    echo 'both';
} elseif (true || ok($instance)) {
    echo 'not both';
}
