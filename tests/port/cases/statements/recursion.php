<?php
/* @oracle {} */
function depth(array $v): int
{
    $max = 0;
    foreach ($v as $one) {
        if (is_array($one)) {
            $max = max($max, depth($one));
        }
    }
    return $max + 1;
}
echo depth([1, [2, [3]]]);
