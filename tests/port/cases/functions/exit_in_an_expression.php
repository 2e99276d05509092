<?php
/* @oracle {"runs": [{"calls": [{"function": "kept", "args": [5]}]}, {"calls": [{"function": "kept", "args": [0]}]}, {"calls": [{"function": "ended", "args": [0]}]}, {"calls": [{"function": "ended", "args": ["x"]}]}, {"calls": [{"function": "missing", "args": [null]}]}, {"calls": [{"function": "missing", "args": [1]}]}, {"calls": [{"function": "both", "args": [true]}]}, {"calls": [{"function": "both", "args": [false]}]}]} */
function kept($n)
{
    $n or die('none');
    echo 'on';
    return $n;
}

function ended($n)
{
    $m = $n ?: exit();
    echo 'on';
    return $m;
}

function missing($n)
{
    $m = $n ?? die('missing');
    echo 'on';
    return $m;
}

function both($ok)
{
    $ok && exit('ok');
    $ok || print('no');
    echo 'on';
}
