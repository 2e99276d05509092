<?php
/* @oracle {"answers": [{"a": 1}], "calls": [{"function": "typed", "args": ["@instance", "5"]}]} */
function typed($instance, $five)
{
    $int = fn ($x): int => $x;
    $text = function ($x): string {
        return $x;
    };
    $maybe = fn (?string $x): ?string => $x;
    $number = fn (?int $x = null) => $x;
    $float = function ($x): ?float {
        if ($x === null) {
            return null;
        }
        return $x;
    };
    $instance->chain('v3/pay/transactions/native')->post(['json' => [
        'int' => $int($five), 'text' => $text(6), 'maybe' => [$maybe(7), $maybe(null)], 'number' => $number('8'),
        'float' => [$float('9'), $float(null)], 'list' => array_map(fn ($x): string => $x, [1, 2]),
    ]]);
}
