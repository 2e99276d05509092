<?php
/* @oracle {"answers": [{"amount": {"total": 5}}], "calls": [{"function": "check", "args": ["@instance", 6]}]} */
function check($instance, int $total)
{
    $data = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    if ($data['amount']['total'] != $total) {
        throw new \DomainException(sprintf('%d is not %d', $data['amount']['total'], $total));
    }
}
