<?php
/* @oracle {} */
echo json_encode([array_shift_of([1, 2, 3]), array_chunk([1, 2, 3], 2), array_pad([1], 3, 0), range(1, 5), range(0, 10, 5), range('a', 'c'), array_diff([1, 2, 3], [2]), array_intersect_key(['a' => 1, 'b' => 2], ['a' => 0]), array_fill(5, 2, 'x'), array_merge_recursive(['a' => [1]], ['a' => [2]]), array_replace([1, 2], [1 => 'b']), array_walk_of(['a' => 1]), array_reduce([1, 2, 3], function ($c, $i) { return $c + $i; }, 0), array_key_first(['x' => 1]), array_key_last([1, 2, 3]), array_product([2, 3]), array_count_values(['a', 'b', 'a']), array_map(null, [1, 2], ['a', 'b']), array_is_list([1 => 1])]);

function array_shift_of(array $list)
{
    $first = array_shift($list);
    array_unshift($list, 'new');
    array_push($list, 'last', 'more');
    return [$first, array_pop($list), $list];
}

function array_walk_of(array $map)
{
    foreach ($map as $k => $v) {
        $map[$k] = "$k-$v";
    }
    return $map;
}
