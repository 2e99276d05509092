<?php
/* @oracle {"runs": [{"define": {"type": "native"}, "answers": [{}]}, {"define": {"type": "jsapi"}, "answers": [{}]}]} */
$instance->chain("v3/pay/transactions/{$type}")->post(['json' => ['a' => 1]]);
