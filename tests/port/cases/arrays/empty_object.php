<?php
/* @oracle {"answers": [{}]} */
$instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => new \stdClass(), 'b' => [], 'c' => (object) [], 'd' => (object) ['e' => 1]]]);
