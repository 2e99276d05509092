<?php
/* @oracle {} */
$v = ['url' => 'https://e.com/a', 'name' => '张', 'html' => '<a href="x">&\'</a>', 'f' => 2.0, 'list' => [1, [2]], 'empty' => []];
echo json_encode($v, JSON_UNESCAPED_UNICODE), "\n";
echo json_encode($v, JSON_UNESCAPED_SLASHES), "\n";
echo json_encode($v, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
echo json_encode($v, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE), "\n";
echo json_encode($v, JSON_PRESERVE_ZERO_FRACTION), "\n";
echo json_encode([], JSON_FORCE_OBJECT), json_encode(['a', 'b'], JSON_FORCE_OBJECT), "\n";
echo json_encode($v, JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT);
