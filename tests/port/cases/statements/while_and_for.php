<?php
/* @oracle {"answers": [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]} */
$page = 0;
do {
    $data = json_decode((string) $instance->chain('v3/certificates')->get(['query' => ['offset' => $page]])->getBody(), true);
    $page++;
} while ($data['n'] < 2);
for ($i = 0, $sum = 0; $i < 5; $i++) {
    if ($i % 2) {
        continue;
    }
    $sum += $i;
}
while (true) {
    if ($page > 3) {
        break;
    }
    ++$page;
}
echo $page, $sum, $i;
