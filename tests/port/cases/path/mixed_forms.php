<?php
/* @oracle {"answers": [{}, {}, {}]} */
$instance->v3->pay->chain('transactions/native')->post(['json' => ['a' => 1]]);
$instance->v3['pay/transactions/h5']->post(['json' => ['a' => 1]]);
$instance->v3->complaintsV2->get(['query' => ['limit' => 1]]);
