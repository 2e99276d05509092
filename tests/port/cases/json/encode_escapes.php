<?php
/* @oracle {"answers": [{}]} */
$text = json_encode(['url' => 'https://example.com/a', 'name' => '张三😀', 'quote' => "\"'\\\n\t", 'n' => 1.0, 'f' => 0.1, 'e' => [], 'o' => new stdClass(), 'null' => null]);
echo $text;
$instance->chain('v3/pay/transactions/native')->post(['json' => ['attach' => $text]]);
