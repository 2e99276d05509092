<?php
/* @oracle {"calls": [{"function": "shown", "args": ["{\"a\":{\"b\":1},\"c\":[1]}"]}]} */
function shown(string $text)
{
    $data = json_decode($text, true);
    $object = json_decode($text);
    return [is_array($data), gettype($data['a']), is_string($object->a), is_array((array) $object), is_int($object->a->b)];
}
