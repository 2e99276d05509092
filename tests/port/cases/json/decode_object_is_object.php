<?php
/* @oracle {"calls": [{"function": "shown", "args": ["{\"a\":{\"b\":1},\"c\":[1]}"]}]} */
function one($value)
{
    return is_object($value) ? 'object' : 'other';
}
function shown(string $text)
{
    return one(json_decode($text)->a);
}
