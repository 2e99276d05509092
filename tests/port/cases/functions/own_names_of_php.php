<?php
/* @oracle {"runs": [
    {"calls": [{"function": "App\\Pay\\all", "args": ["@instance"]}]}
]} */
namespace App\Pay;

function strtoupper($x)
{
    return 'own ' . $x;
}

function sign($x)
{
    return 'signed ' . $x;
}

function md5($x)
{
    return 'md5 ' . $x;
}

function all($instance)
{
    $f = strtoupper(...);
    echo $f('a'), strtoupper('a'), \strtoupper('a');
    $h = \strtoupper(...);
    echo $h('a');
    $g = md5(...);
    echo $g('Y');
    $k = sign(...);
    echo $k('b');
    echo json_encode(array_map(strtoupper(...), ['a']));
    echo json_encode(array_map('strtoupper', ['a']));
    echo json_encode(array_map('\strtoupper', ['a']));
    echo json_encode(array_map(__NAMESPACE__ . '\strtoupper', ['a']));
    echo json_encode(array_map('App\Pay\strtoupper', ['a']));
    echo json_encode(array_map('\App\Pay\sign', ['a']));
    echo json_encode(array_map(__NAMESPACE__ . '\sign', ['a']));
    echo call_user_func('strtoupper', 'a'), call_user_func(__NAMESPACE__ . '\strtoupper', 'a');
    echo call_user_func_array('strtoupper', ['a']), call_user_func_array('App\Pay\strtoupper', ['a']);
    echo call_user_func_array('strtoupper', array_values(['a']));
}
