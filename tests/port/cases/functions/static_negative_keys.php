<?php
/* @oracle {"runs": [{"calls": [{"function": "label", "args": [-1]}]}, {"calls": [{"function": "label", "args": [1]}]}, {"calls": [{"function": "label", "args": [5]}]}]} */

function label(int $state)
{
    static $labels = [1 => 'paid', 0 => 'new', -1 => 'closed', 5 => -0.5];
    return $labels[$state] ?? '?';
}
