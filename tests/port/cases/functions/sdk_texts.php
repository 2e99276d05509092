<?php
/* @oracle {"runs": [
 {"calls": [{"function": "texts", "args": ["k"]}]},
 {"calls": [{"function": "texts", "args": [""]}]},
 {"calls": [{"function": "texts", "args": ["0"]}, {"function": "keyed", "args": ["0"]}, {"function": "keyed", "args": ["k"]}]}]} */
use WeChatPay\Crypto\Hash;
use WeChatPay\Formatter;

function texts($key)
{
    return [
        Hash::md5('t', $key), Hash::md5('t', $key, true), Hash::md5('t'), Hash::hmac('t', 'k', 'sha256'),
        Formatter::request('GET', '/v3/x', '1', 'n'), Formatter::request('POST', '/v3/x', 1, 'n', '{}'),
        Formatter::response('1', 'n'), Formatter::response('1', 'n', '{}'),
        Formatter::authorization('1900000109', 'n', 's', '1', 'S'),
    ];
}

function keyed($key)
{
    return Hash::hmac('t', $key);
}
