<?php
/* @oracle {"runs": [
    {"answers": [{"a": 1},{"a": 2},{"a": 3},{"a": 4}], "calls": [{"function": "all", "args": ["@instance", "x"]}]}
]} */
function noted($x)
{
    echo $x;
    return $x;
}

function all($instance, $x)
{
    $instance->chain('v3/certificates')->get(['headers' => ['X-First' => 'a'], 'query' => ['a' => noted('q')], 'headers' => ['X-Second' => noted('b')]]);
    $instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => 1], 'json' => ['b' => 2, 'b' => 3]]);
    $instance->chain('v3/certificates')->get(['query' => ['a' => 'b'], 'query' => ['c' => 'd', 'c' => 'e'], 'headers' => ['X-A' => 'a', 'X-A' => 'b']]);
    $instance->chain('v3/certificates/{id}')->get(['id' => 'a', 'id' => noted('b')]);
}
