<?php
/* @oracle {"calls": [{"function": "totals", "args": [[{"n": 2, "price": 5}, {"n": 1, "price": 7}]]}, {"function": "fees", "args": [{"a": {"fee": 100}, "b": {"fee": 250}}]}, {"function": "until", "args": [[1, 2, 3, 4]]}, {"function": "missing", "args": [{"id": 1}]}, {"function": "missing", "args": [{"id": 1, "items": [1, 2]}]}, {"function": "nested", "args": [[{"items": [1, 2]}, {"items": [3]}]]}]} */
function totals(array $rows): array
{
    $sum = 0;
    foreach ($rows as &$row) {
        $row['total'] = $row['n'] * $row['price'];
        $row['tags'][] = 'new';
        unset($row['n']);
        $sum += $row['total'];
    }
    unset($row);
    $row = 'free again';
    return [$rows, $sum, $row];
}

function fees(array $list): array
{
    foreach ($list as $name => &$item) {
        if ($name === 'skipped') {
            continue;
        }
        $item['fee'] = $item['fee'] / 100;
        $item = ['name' => $name] + $item;
    }
    return $list;
}

function until(array $numbers): array
{
    foreach ($numbers as &$number) {
        if ($number > 2) {
            break;
        }
        $number *= 10;
    }
    unset($number);
    foreach ($numbers as $i => &$number) {
        $number .= '-' . $i;
    }
    unset($number);
    return $numbers;
}

function missing(array $data): array
{
    foreach ($data['items'] as &$item) {
        $item++;
    }
    unset($item);
    return $data;
}

function nested(array $groups): array
{
    foreach ($groups as &$group) {
        foreach ($group['items'] as &$item) {
            $item = 'i' . $item;
        }
        unset($item);
        $group['count'] = count($group['items']);
    }
    unset($group);
    return $groups;
}
