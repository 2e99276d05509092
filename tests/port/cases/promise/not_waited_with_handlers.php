<?php
/* @oracle {"answers": [{"a": 1}, {"b": 2}]} */
$no = 'N1';
$instance->chain('v3/refund/domestic/refunds')->postAsync(['json' => ['out_trade_no' => $no]])
    ->then(function ($response) use ($no) {
        echo 'refunded ', $no;
        return $response;
    })
    ->otherwise(static function ($failure) {
        echo 'failed';
    });
echo $instance->chain('v3/certificates')->get()->getBody(), 'end';
