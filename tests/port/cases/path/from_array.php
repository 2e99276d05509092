<?php
/* @oracle {"runs": [{"define": {"type": "native"}, "answers": [{}]}, {"define": {"type": "h5"}, "answers": [{}]}]} */
$paths = ['native' => 'v3/pay/transactions/native', 'h5' => 'v3/pay/transactions/h5', 'jsapi' => 'v3/pay/transactions/jsapi'];
$instance->chain($paths[$type])->post(['json' => ['a' => 1]]);
