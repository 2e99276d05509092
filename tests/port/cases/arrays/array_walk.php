<?php
/* @oracle {"answers": [{"ok": 1}], "calls": [
 {"function": "listed", "args": [{"a": 1, "b": 2}]}, {"function": "listed", "args": [[]]},
 {"function": "both"},
 {"function": "stopped", "args": [["x", "", "y"]]},
 {"function": "sent", "args": [["@instance"], ["native"]]}]} */

use WeChatPay\BuilderChainable;

function listed(array $rows)
{
    $sum = 'before';
    array_walk($rows, function ($row, $key, $mark) use ($sum) {
        echo $sum, $key, $mark, $row, "\n";
        return 7;
    }, ': ');
    array_walk($rows, fn ($row, $key) => print("$key=$row "));
    return $rows;
}

function spread($first, ...$others)
{
    array_walk($others, static function (string $message): void {
        printf('%s%s', $message, PHP_EOL);
    });
    return count($others) . $first;
}

function both()
{
    return spread('one', 'two', 'three');
}

function stopped(array $names)
{
    try {
        array_walk($names, function ($name, $at) {
            if ($name === '') {
                throw new \InvalidArgumentException("no name at $at");
            }
            echo $name;
        });
        return 'all';
    } catch (\InvalidArgumentException $e) {
        return $e->getMessage();
    }
}

function sent(array $clients, array $kinds)
{
    array_walk($kinds, function ($kind) {
        echo strtoupper($kind);
    });
    return count($clients);
}
