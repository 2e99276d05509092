<?php
/* @oracle {"calls": [{"function": "shown", "args": [-7]}, {"function": "shown", "args": [7]}, {"function": "shown", "args": ["12ab"]}]} */
function shown($v)
{
    echo sprintf('[%-05d] [%-05s] [%-05.1f] [%-05x] [%-05u] [%-+05d] [%05s] [%-\'05d] [%-\'x5d] [%.2x] [%5.1b]', $v, $v, $v, $v, $v, $v, $v, $v, $v, $v, $v);
}
