<?php
/* @oracle {"answers": [{"a": 1}]} */
$instance->chain('v3/refund/domestic/refunds')->postAsync(['json' => ['out_trade_no' => '1']])->then(function ($response) {
    echo 'refunded';
});
echo 'end';
