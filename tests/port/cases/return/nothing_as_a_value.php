<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}, {"a": 5}, {"a": 6}, {"a": 7}], "calls": [{"function": "all", "args": ["@instance", ["A", "B"]]}, {"function": "each", "args": ["@instance"]}, {"function": "same", "args": ["x"]}]} */
function close($instance, $no)
{
    $instance->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $no, 'json' => ['mchid' => '1']]);
}

function all($instance, array $numbers)
{
    return array_map(function ($no) use ($instance) {
        return close($instance, $no);
    }, $numbers);
}

function each($instance)
{
    if (close($instance, 'C') === null) {
        echo 'none ';
    }
    $given = ['code' => 0, 'data' => close($instance, 'D')];
    $text = '[' . close($instance, 'E') . ']';
    $other = close($instance, 'F') ?? 'other';
    if (!close($instance, 'G')) {
        echo 'false ';
    }
    return [$given, $text, $other];
}

function same($value)
{
    return $value;
}
