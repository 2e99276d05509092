<?php
/* @oracle {"answers": [{"n": 1}], "calls": [{"function": "turns", "args": ["@instance", [1, 2, 3]]}]} */
function turns($instance, array $numbers)
{
    $instance->chain('v3/x')->get();
    foreach ($numbers as $number) {
        try {
            if ($number > 2) {
                return "at {$number}";
            } else {
                echo $number;
                continue;
            }
            foreach ([1] as $never) {
                echo $never;
            }
        } catch (\LogicException $e) {
            throw new \RuntimeException('again', 7, $e);
        }
    }
    return 'end';
}
