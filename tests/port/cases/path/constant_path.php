<?php
/* @oracle {"answers": [{}]} */
const NATIVE = 'v3/pay/transactions/native';
$instance->chain(NATIVE)->post(['json' => ['a' => 1]]);
