<?php
/* @oracle {"calls": [{"function": "shown", "args": ["abcdef"]}, {"function": "shown", "args": ["a,b,,c"]}, {"function": "shown", "args": ["", ""]}]} */
function shown(string $s)
{
    echo substr($s, -3, 2), '|', substr($s, 3, -1), '|', substr($s, 10), '|', substr($s, -10, 3), '|', substr($s, 0, 0), '|';
    echo mb_substr($s, 1, 2), '|', mb_substr($s, -2), '|', mb_strlen($s), '|', strlen($s), '|';
    echo json_encode(explode(',', $s)), json_encode(explode(',', $s, -1)), json_encode(explode(',', $s, 2)), json_encode(explode(',', $s, 0)), '|';
    try { echo json_encode(explode('', $s)); } catch (\ValueError $e) { echo 'V', $e->getMessage(); }
    echo trim("  x\t\n\0"), '|', trim('xxaxx', 'x'), '|', rtrim('1.500', '0'), '|', rtrim(rtrim('1.00', '0'), '.'), '|', ltrim('0012', '0'), '|', trim('abcxcba', 'a..c'), '|';
    echo ucwords('hello wORLD-foo'), '|', lcfirst('ABC'), '|', ucfirst('élan'), '|', nl2br("a\nb"), '|', wordwrap('The quick brown', 5, "\n", true), '|';
    echo str_pad($s, 8, 'xy', STR_PAD_BOTH), '|', strrev('abc'), '|', str_repeat('ab', 3), '|', substr_count('aaa', 'a'), '|', strstr('user@example', '@'), '|', strstr('user@example', '@', true), '|', strrchr('a/b/c', '/'), '|', stripos('HELLO', 'l'), '|';
    echo strcmp('a', 'b'), strcmp('b', 'a'), strcmp('a', 'a'), strcasecmp('HELLO', 'hello'), strncmp('abcd', 'abef', 2), '|', similar_text('World', 'Word'), '|', htmlspecialchars('<a href="x">\'</a>'), '|', strip_tags('<b>x</b>y'), '|', addslashes("a'b"), '|', nl2br('x'), '|', ucwords('a-b c', '-'), '|';
    echo vsprintf('%s-%04d', ['x', 7]), '|', sprintf('%2$s %1$s', 'a', 'b'), '|', implode(',', [1, null, 2.5, true, false]), '|', strtr('Hi all', 'ai', 'eo'), '|', strtr('Hi all', ['Hi' => 'Hello', 'all' => 'world']), '|', money($s), "\n";
    echo substr_replace('Hello', 'J', 0, 1), '|', chunk_split('abcd', 2, '|'), '|', strval(0.1 + 0.2), '|', 0.1 + 0.7, '|', 1/3, '|', 1e100, '|', (string) 1.0, '|', 7.0 / 2, '|', 6 / 2, '|', 7 / 2, "\n";
}
function money($v)
{
    return is_numeric($v) ? $v : 'no';
}
