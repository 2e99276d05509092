<?php
/* @oracle {"calls": [{"function": "cents", "args": ["@instance", "12.50"]}, {"function": "cents", "args": ["@instance", "7"]}], "answers": [{}, {}]} */
function cents($instance, string $yuan)
{
    $instance->chain('v3/pay/transactions/native')->post(['json' => ['amount' => ['total' => intval($yuan * 100)]]]);
}
