<?php
/* @oracle {"runs": [{"define": {"paid": true}, "answers": [{}]}, {"define": {"paid": false}, "answers": [{}]}]} */
if ($paid) {
    echo 'nothing to do';
    return;
}
$instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => 'N']]);
echo 'refunded';
