<?php
/* @oracle {"calls": [{"function": "shown", "args": ["1e400"]}, {"function": "shown", "args": ["-1e400"]}, {"function": "shown", "args": [1.5]}]} */
function shown($v)
{
    return sprintf('[%f] [%.2f] [%e] [%9F] [%+f] [%-9f] [%E] [%5%] [%%] [%s]', $v, $v, $v, $v, $v, $v, $v, $v, 'last');
}
