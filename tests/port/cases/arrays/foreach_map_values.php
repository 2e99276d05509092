<?php
/* @oracle {"answers": [{}, {}]} */
$orders = ['first' => 'A', 'second' => 'B'];
foreach ($orders as $no) {
    $instance->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $no, 'json' => ['mchid' => '1']]);
}
