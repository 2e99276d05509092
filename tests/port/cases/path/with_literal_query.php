<?php
/* @oracle {"answers": [{}]} */
$instance->chain('v3/pay/transactions/id/1?mchid=1900000109')->get();
