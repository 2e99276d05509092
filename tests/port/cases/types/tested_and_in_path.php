<?php
/* @oracle {"calls": [{"function": "close", "args": ["@instance", "77"]}, {"function": "close", "args": ["@instance", ""]}], "answers": [204]} */
function close($instance, $no)
{
    if (!$no) {
        return false;
    }
    $instance->chain("v3/pay/transactions/out-trade-no/{$no}/close")->post(['json' => ['mchid' => '1']]);
    return true;
}
