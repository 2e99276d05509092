<?php
/* @oracle {"calls": [{"function": "canonical", "args": ["/v3/pay", {"query": "mchid=1", "list": ["a", "b"]}]}, {"function": "canonical", "args": ["/v3", {"query": "", "list": ["c"]}]}]} */
function canonical($path, $parts)
{
    $target = $path . (!empty($parts['query']) ? "?${parts['query']}" : "");
    $first = "${path}|${parts['query']}";
    return "${target}!$first";
}
