<?php
/* @oracle {"answers": [{}], "calls": [{"function": "send", "args": ["@instance", 3]}]} */
function send($instance, int $a)
{
    $instance->chain('v3/marketing/favor/stocks')->post(['json' => [
        'sign' => -2 ** 2,
        'variable' => -$a ** 2,
        'cast' => (int) 2.5 ** 2,
        'both' => -(int) 2.5 ** 2,
        'grouped' => (-2) ** 2,
        'right' => 2 ** 3 ** 2,
        'exponent' => 2 ** -1,
    ]]);
}
