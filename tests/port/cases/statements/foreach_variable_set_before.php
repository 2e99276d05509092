<?php
/* @oracle {"runs": [
    {"answers": [{}, {}, {}, {}], "calls": [
        {"function": "last_one", "args": ["@instance", [{"no": "A"}, {"no": "B"}]]},
        {"function": "first_paid", "args": ["@instance", [{"no": "A", "paid": false}, {"no": "B", "paid": true}, {"no": "C", "paid": true}]]},
        {"function": "first_key", "args": ["@instance", {"x": "1", "y": "2"}]},
        {"function": "last_index", "args": [["a", "b", "c"]]},
        {"function": "within", "args": ["@instance", [{"rows": [{"no": 1}, {"no": 2}]}, {"rows": []}, {"rows": [{"no": 3}]}]]}
    ]},
    {"answers": [{}, {}], "calls": [
        {"function": "last_one", "args": ["@instance", []]},
        {"function": "first_paid", "args": ["@instance", []]},
        {"function": "last_index", "args": [[]]}
    ]}
]} */

function last_one($instance, array $orders)
{
    $last = null;
    foreach ($orders as $i => $last) {
        echo $i, $last['no'];
    }
    if ($last) {
        $instance->chain('v3/last')->post(['json' => ['no' => $last['no']]]);
    }
}

function first_paid($instance, array $orders)
{
    $order = ['no' => 'Z'];
    foreach ($orders as $order) {
        if ($order['paid']) {
            break;
        }
    }
    $instance->chain('v3/paid')->post(['json' => ['no' => $order['no']]]);
}

function first_key($instance, array $orders)
{
    $no = '';
    foreach ($orders as $no => $count) {
        break;
    }
    $instance->chain('v3/first')->post(['json' => ['no' => $no]]);
}

function last_index(array $rows)
{
    $i = 0;
    foreach ($rows as $i => $row) {
        echo $row;
    }
    return $i + 1;
}

function within($instance, array $pages)
{
    foreach ($pages as $page) {
        $hit = null;
        foreach ($page['rows'] as $hit) {
            break;
        }
        echo json_encode($hit);
    }
    $instance->chain('v3/within')->post(['json' => ['hit' => $hit]]);
}
