<?php
/* @oracle {"answers": [204]} */
$instance->chain('v3/pay/transactions/out-trade-no/1/close')->post(['json' => []]);
