<?php
/* @oracle {"answers": [{"n": 1}], "calls": [{"function": "turns", "args": ["@instance", [1, 2, 3]]}]} */
function turns($instance, array $numbers)
{
    $instance->chain('v3/x')->get();
    foreach ($numbers as $number) {
        try {
            try {
                if ($number > 2) {
                    return "at {$number}";
                } else {
                    continue;
                }
                foreach ([5] as $total) {
                    $instance->chain('v3/never')->post(['json' => ['total' => $total]]);
                }
            } catch (\LogicException $e) {
                throw new \RuntimeException('again', 7, $e);
            }
        } catch (\RuntimeException $e) {
            echo $e->getCode();
        }
    }
    return 'end';
}
