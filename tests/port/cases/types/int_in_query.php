<?php
/* @oracle {"define": {"offset": 20, "limit": 10}, "answers": [{}]} */
$instance->chain('v3/transfer/batches/out-batch-no/{no}')->get(['no' => 'B', 'query' => ['need_query_detail' => true, 'offset' => $offset, 'limit' => $limit, 'empty' => '', 'nothing' => null, 'no' => false]]);
