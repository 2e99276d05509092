<?php
/* @oracle {"answers": [{"list": [{"id": "a", "n": 1}, {"id": "b", "n": 2}], "total": 2}],
 "calls": [{"function": "branch", "args": [[{"n": 1}, {"n": 2}], true]}, {"function": "branch", "args": [[{"n": 1}, {"n": 2}], false]},
 {"function": "again", "args": [[{"id": "a", "key": 1}, {"id": "b", "key": 2}], {"a": "A", "b": "B"}]},
 {"function": "others", "args": ["@instance"]}, {"function": "read", "args": [[{"n": 1}, {"n": 2}]]}, {"function": "turns", "args": [[[1, 2], [3]]]}]} */
function branch(array $rows, bool $all): array
{
    if ($all) {
        foreach ($rows as $i => &$row) {
            $row['i'] = $i;
            $row['n'] += 10;
        }
    }
    return ['rows' => $rows];
}

function again(array $orders, array $names): array
{
    $ids = [];
    foreach ($orders as &$order) {
        unset($order['key']);
        $ids[] = $order['id'];
    }
    if ($ids) {
        foreach ($orders as &$order) {
            $order['name'] = $names[$order['id']];
        }
    }
    return ['ids' => $ids, 'orders' => $orders];
}

function others($instance)
{
    $data = json_decode((string) $instance->chain('v3/x')->get()->getBody(), true);
    $made = [];
    foreach ($data['list'] as $k => &$item) {
        $item['of'] = $data['total'];
        $made[$k]['text'] = $item['id'] . $item['of'];
    }
    return array_values($made);
}

function read(array $rows): string
{
    foreach ($rows as &$row) {
        $row['n']++;
    }
    $text = json_encode($rows);
    $rows[1]['n'] = 'set';
    return $text . count($rows) . json_encode($rows) . $rows[1]['n'];
}

function turns(array $groups): array
{
    $sums = [];
    foreach ($groups as $group) {
        $sum = 0;
        foreach ($group as &$number) {
            $number *= 2;
            $sum += $number;
        }
        $sums[] = $sum;
    }
    return $sums;
}
