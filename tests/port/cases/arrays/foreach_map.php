<?php
/* @oracle {"answers": [{}, {}]} */
$orders = ['A1' => 100, 'B2' => 250];
foreach ($orders as $no => $total) {
    $instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no, 'amount' => ['total' => $total]]]);
    echo "$no=$total ";
}
