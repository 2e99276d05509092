<?php
/* @oracle {"calls": [
  {"function": "pairs", "args": [{"b": " x ", "a": 2, "c": null}]},
  {"function": "sum", "args": [{"b": 1, "a": 2}]},
  {"function": "prefixed", "args": [["x", "y"], "p"]},
  {"function": "made", "args": ["a,b,c"]},
  {"function": "nested", "args": [[["n", 1], ["m", 2]]]}]} */

use WeChatPay\Formatter;

/** The closure changes the items. */
function pairs(array $pairs)
{
    $value = 'outer';
    array_walk($pairs, function (&$value, $key) {
        $text = trim((string) $value);
        $value = "{$key}={$text}";
    });
    $text = Formatter::joinedByLineFeed(...array_values($pairs));
    return [$pairs, $value, $text];
}

function sum(array $items)
{
    $sum = 0;
    $factor = 10;
    array_walk($items, function (&$item) use (&$sum, $factor) {
        $sum += $item;
        if ($item > 1) {
            $item *= $factor;
        }
        return true;
    });
    return [$items, $sum];
}

function prefixed(array $items, $prefix)
{
    array_walk($items, function (&$item, $key, $mark) {
        $item = $mark . $key . $item;
    }, $prefix . '-');
    return $items;
}

function made($text)
{
    $parts = explode(',', $text);
    foreach ([1, 2] as $round) {
        array_walk($parts, fn (&$part) => $part .= $round);
    }
    return $parts;
}

function nested(array $rows)
{
    array_walk($rows, function (&$row) {
        $row[1]++;
        foreach ($row as $key => $cell) {
            $row['t'] = $key . $cell;
        }
    });
    return $rows;
}
