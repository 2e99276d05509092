<?php
/* @oracle {"answers": [{"data": [{"complaint_id": "1"}, {"complaint_id": "2"}], "total_count": 5}, {"data": [{"complaint_id": "3"}], "total_count": 5}, {"data": [{"complaint_id": "5"}], "total_count": 5}]} */
$all = [];
$offset = 0;
$limit = 2;
do {
    $response = $instance->chain('v3/merchant-service/complaints-v2')->get(['query' => ['limit' => $limit, 'offset' => $offset, 'begin_date' => '2024-01-01', 'end_date' => '2024-01-02']]);
    $page = json_decode((string) $response->getBody(), true);
    $all = array_merge($all, $page['data']);
    $offset += $limit;
} while ($offset < $page['total_count']);
echo json_encode($all);
