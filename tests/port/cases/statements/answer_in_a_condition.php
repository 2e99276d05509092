<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}, {"a": 5}, {"a": 6}, {"a": 7}], "calls": [{"function": "ask", "args": ["@instance", true]}, {"function": "ask", "args": ["@instance", false]}]} */
function ask($instance, bool $more)
{
    if ($answer = $instance->chain('v3/certificates')->get()) {
        echo 'answered ';
    }
    $both = $more && $instance->chain('v3/marketing/favor/stocks')->get(['query' => ['limit' => 10]]);
    $none = $instance->chain('v3/certificates')->get() === null;
    $shown = (bool) $instance->chain('v3/certificates')->get(['query' => ['a' => 'b']]);
    return [$both, $none, $shown];
}
