<?php
/* @oracle {"runs": [{"define": {"partner": true}, "answers": [{}]}, {"define": {"partner": false}, "answers": [{}]}]} */
$path = $partner ? 'v3/pay/partner/transactions/native' : 'v3/pay/transactions/native';
$instance->chain($path)->post(['json' => ['a' => 1]]);
