<?php
/* @oracle {"define": {"rows": [{"no": "b", "fee": 20}, {"no": "a", "fee": 5}, {"no": "c", "fee": 20}, {"no": "d", "fee": 1}], "names": {"x": "two", "y": "one", "z": "two"}}} */
usort($rows, fn ($a, $b) => $a['fee'] > $b['fee']);
echo json_encode(array_column($rows, 'no'));
usort($rows, function ($a, $b) { return $b['fee'] <=> $a['fee'] ?: strcmp($a['no'], $b['no']); });
echo json_encode(array_column($rows, 'no'));
uasort($rows, fn ($a, $b) => strcmp($a['no'], $b['no']));
echo json_encode($rows);
asort($names); echo json_encode($names);
arsort($names); echo json_encode($names);
uksort($names, fn ($a, $b) => strcmp($b, $a)); echo json_encode($names);
krsort($names); echo json_encode($names);
$list = [3, '10', 2.5, 10, 1];
rsort($list); echo json_encode($list);
asort($list); echo json_encode($list);
$done = sort($list);
echo json_encode([$list, $done]);
$count = array_push($list, 'end');
$again = usort($list, fn ($a, $b) => strcmp((string) $a, (string) $b));
echo $count, json_encode([$list, $again]);
if (krsort($list)) {
    echo json_encode($list);
}
