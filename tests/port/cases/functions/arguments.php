<?php
/* @oracle {"calls": [
 {"function": "read", "args": ["{\"a\":{}}"]},
 {"function": "read", "args": ["no JSON"]},
 {"function": "read", "args": [""]},
 {"function": "written", "args": [["x", "y&z"], {"a": 1, "b": {"c": "/"}}]}]} */
function read($text)
{
    try {
        $data = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        $flagged = json_decode($text, null, 512, JSON_OBJECT_AS_ARRAY | JSON_THROW_ON_ERROR);
        return [json_encode($data, JSON_THROW_ON_ERROR), json_encode($flagged), json_encode($data, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR, 512)];
    } catch (\JsonException $e) {
        return [$e->getMessage(), $e->getCode()];
    }
}

function written($list, $map)
{
    return [
        http_build_query($list, 'n'), http_build_query($map, '', ';'), http_build_query($list, 'n', '&amp;', PHP_QUERY_RFC3986),
        json_encode(array_replace($map, ['b' => 2], ['d' => 3])), json_encode(array_replace($list, [1 => 'w'])),
        json_encode(explode(',', 'a,b,c', null)), md5('x', false), hash('sha256', 'x', 0),
    ];
}
