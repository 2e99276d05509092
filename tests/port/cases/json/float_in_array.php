<?php
/* @oracle {"calls": [{"function": "go", "args": ["@instance", {"a": 100.0, "b": "x", "c": {"t": 1.0}}]}], "answers": [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]} */
function go($client, $order)
{
    $client->chain('v3/a')->post(['json' => ['total' => $order['a'], 'b' => $order['b']]]);
    $client->chain('v3/b')->post(['json' => $order]);
    $t = $order['c']['t'] ?? 0;
    $client->chain('v3/c')->post(['json' => ['t' => $t]]);
    foreach ($order['c'] as $name => $value) {
        $client->chain('v3/d')->post(['json' => [$name => $value]]);
    }
}
