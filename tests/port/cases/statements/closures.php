<?php
/* @oracle {"answers": [{}]} */
$prefix = 'NO';
$make = function (int $n) use ($prefix): string {
    return $prefix . str_pad((string) $n, 4, '0', STR_PAD_LEFT);
};
$twice = fn ($x) => $make($x) . $make($x + 1);
$instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $twice(7)]]);
