<?php
/* @oracle {"runs": [{"answers": [{"state": "OK"}]}, {"answers": [{"state": "NO"}]}], "calls": [{"function": "check", "args": ["@instance"]}]} */
class PayFailed extends \RuntimeException
{
}

function check($instance)
{
    try {
        $data = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
        if ($data['state'] !== 'OK') {
            throw new PayFailed("state {$data['state']}");
        }
        return true;
    } catch (PayFailed $e) {
        echo $e->getMessage();
        return false;
    }
}
