<?php
/* @oracle {"calls": [{"function": "shown", "args": ["{\"a\":{\"b\":1},\"c\":[1]}"]}]} */
function shown(string $text)
{
    $data = json_decode($text);
    return [is_array($data), gettype($data->a)];
}
