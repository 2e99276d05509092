<?php
/* @oracle {"calls": [{"function": "sum", "args": []}]} */
function sum()
{
    bcscale(2);
    return bcadd('1', '2.345');
}
