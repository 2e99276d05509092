<?php
/* @oracle {} */
foreach ([1, 2, 3, 4] as $n) {
    switch ($n) {
        case 2:
            continue 2;
        case 4:
            break 2;
        default:
            echo 'd';
    }
    echo $n;
}
