<?php
declare(strict_types=1);
/* @oracle {"runs": [
    {"answers": [{"id": "7", "count": 7}], "calls": [{"function": "all", "args": ["@instance", "7"]}, {"function": "named", "args": ["@instance", "7"]}]},
    {"answers": [{"id": 7, "count": 7.5}], "calls": [{"function": "all", "args": ["@instance", 7]}, {"function": "named", "args": ["@instance", 7]}]},
    {"answers": [{"id": null, "count": true}], "calls": [{"function": "all", "args": ["@instance", 7.5]}, {"function": "named", "args": ["@instance", 7.5]}]},
    {"answers": [{}], "calls": [{"function": "all", "args": ["@instance", null]}, {"function": "named", "args": ["@instance", null]}]}
]} */

function number(int $x)
{
    return $x + 1;
}

function label(?string $x = null, int|string $y = 1): string
{
    return 'x' . $x;
}

function total(int ...$all): float
{
    return count($all);
}

// PHP converts for callbacks that its own functions call.
function all($instance, $x)
{
    try {
        echo json_encode(array_map('number', ['7', 8]));
        echo json_encode(array_map(fn (int $one) => $one * 2, ['7', 8]));
    } catch (TypeError $e) {
        echo 'callback throws';
    }
    try {
        echo label(), label('a'), label(null), total(1, 2);
        echo label($x);
    } catch (TypeError $e) {
        echo 'label throws';
    }
    $next = function (int $one, string $text = 'a'): string {
        return $text . $one;
    };
    $sum = function ($one) use ($next): string {
        return $next($one);
    };
    try {
        echo $next(1), $next(2, 'b');
        echo $next($x);
    } catch (TypeError $e) {
        echo 'next throws';
    }
    try {
        echo $sum($x);
    } catch (TypeError $e) {
        echo 'sum throws';
    }
    $answer = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
    try {
        echo label($answer['id'] ?? 'none'), number($answer['count'] ?? 0);
    } catch (TypeError $e) {
        echo 'answer throws';
    }
    try {
        echo substr('abc', 1), str_pad('7', 3, '0', STR_PAD_LEFT), bcmul('2', '3', 1), trim($answer['id'] ?? '');
        echo bcadd($answer['count'] ?? '1', '2', 2);
    } catch (TypeError $e) {
        echo 'PHP throws';
    }
}

// A callable that the file itself calls is called as strictly as the function.
function named($instance, $x)
{
    $number = number(...);
    try {
        echo $number(1), $number($x);
    } catch (TypeError $e) {
        echo 'number throws';
    }
    echo json_encode(array_map(number(...), ['7', 8]));
    echo json_encode(array_map('strtoupper', ['a', 8])), json_encode(array_map('strlen', [12]));
}
