<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}], "calls": [{"function": "find", "args": ["@instance", ""]}, {"function": "find", "args": ["@instance", "X"]}]} */
function find($instance, string $no): ?array
{
    if ($no === '') {
        return null;
    }
    $response = $instance->chain('v3/pay/transactions/id/{id}')->get(['id' => $no, 'query' => ['mchid' => '1']]);
    return json_decode((string) $response->getBody(), true);
}
