<?php
/* @oracle {"calls": [{"function": "f", "args": ["00ff10"]}, {"function": "g", "args": []}]} */
function f(string $hex)
{
    return base64_encode(hex2bin($hex));
}
function g()
{
    return strlen(bin2hex(random_bytes(16)));
}
