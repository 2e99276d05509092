<?php
/* @oracle {"answers": []} */
for ($i = 0, $j = 10; $i < 2, $j > 4; $i++, $j -= 2) {
    if ($j === 8) {
        continue;
    }
    echo $i, ':', $j, ' ';
}
for ($k = 0, $seen = []; $seen[] = $k, $k < 3; ++$k);
echo json_encode($seen);
