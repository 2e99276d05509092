<?php
/* @oracle {"safer": true, "answers": [{}]} */
$instance->chain('v3/pay/transactions/native')->post(['json' => []]);
