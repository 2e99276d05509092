<?php
/* @oracle {"calls": [{"function": "all", "args": [["a", "b"], "x"]}]} */
function all(array $list, string $given)
{
    $text = $given . '!';
    $items = ['k' => $given];
    $texts = array_map(function ($item) use ($text) { return $text; }, $list);
    $maps = array_map(function ($item) use ($items) { return $items; }, $list);
    return [$texts, $maps, $text];
}
