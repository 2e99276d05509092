<?php
/* @oracle {"runs": [
    {"calls": [{"function": "all", "args": ["@instance"]}]}
]} */

function sign($x)
{
    return 'signed ' . $x;
}

function all($instance)
{
    $k = sign(...);
    echo $k('b');
    echo json_encode(array_map('sign', ['a']));
    echo json_encode(array_map('\sign', ['a']));
    echo json_encode(array_map(__NAMESPACE__ . '\sign', ['a']));
    echo call_user_func('sign', 'a');
    echo call_user_func_array('sign', array_values(['a']));
}
