<?php
/* @oracle {"calls": [{"function": "bill", "args": ["@instance", "2024-01-01"]}, {"function": "bill", "args": ["@instance", "2024-01-01", "SUCCESS", true]}], "answers": [{}, {}]} */
function bill($client, string $date, string $type = 'ALL', bool $gzip = false)
{
    $query = ['bill_date' => $date, 'bill_type' => $type];
    if ($gzip) {
        $query['tar_type'] = 'GZIP';
    }
    $client->chain('v3/bill/tradebill')->get(['query' => $query]);
}
