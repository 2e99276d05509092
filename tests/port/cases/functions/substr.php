<?php
/* @oracle {"calls": [{"function": "f", "args": ["abcdef"]}, {"function": "f", "args": ["中文字"]}, {"function": "f", "args": [""]}]} */
function f(string $s)
{
    return [substr($s, 0, 3) === mb_strcut_like($s), strlen($s), bin2hex(substr($s, 0, 3)), bin2hex(substr($s, -3)), bin2hex(substr($s, 1, -1)), bin2hex(substr($s, 0, null)), bin2hex(substr($s, 9)), bin2hex(substr($s, 0))];
}

function mb_strcut_like(string $s): string
{
    return substr($s, 0, 3);
}
