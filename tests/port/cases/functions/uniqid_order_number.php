<?php
/* @oracle {"answers": [{}]} */
$no = date('YmdHis') . '001';
$instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no, 'time_expire' => date('Y-m-d\TH:i:sP', time() + 1800)]]);
