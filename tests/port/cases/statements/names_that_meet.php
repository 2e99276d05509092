<?php
/* @oracle {"answers": [{}]} */
$outTradeNo = 'A';
$out_trade_no = 'B';
$outTradeNO = 'C';
$instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => $outTradeNo, 'b' => $out_trade_no, 'c' => $outTradeNO]]);
