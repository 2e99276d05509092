<?php
/* @oracle {"calls": [{"function": "f", "args": ["abc", 1]}, {"function": "f", "args": ["abc", -1]}, {"function": "f", "args": ["a", 4]}, {"function": "f", "args": ["abc", -9]}, {"function": "g", "args": []}, {"function": "h", "args": ["abc"]}, {"function": "i", "args": [["abc"]]}, {"function": "p", "args": ["x"]}]} */
function f(string $text, int $at)
{
    $text[$at] = 'XY';
    return $text;
}
function g()
{
    $text = 'hello';
    $text[0] = 'J';
    $text[4] = 7;
    return $text;
}
function h(string $text)
{
    try {
        $text[0] = '';
    } catch (\Error $e) {
        return $e->getMessage();
    }
    return $text;
}
function i(array $rows)
{
    $rows[0][1] = 'Z';
    return $rows;
}
function p($text)
{
    try {
        $text[] = 'y';
    } catch (\Error $e) {
        return $e->getMessage();
    }
    return $text;
}
