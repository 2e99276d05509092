<?php
/* @oracle {} */
function all(string $sep, ...$parts): string
{
    return implode($sep, $parts);
}
echo all('-', 'a', 'b', 'c'), all(...['+', 1, 2]), all('x');
