<?php
// Records the JSON that PHP 8.2 gives for each line of expressions.txt, false where it throws or gives
// bytes that are no text: php record.php > expressions.jsonl
error_reporting(0);
$flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;
foreach (file(__DIR__ . '/expressions.txt', FILE_IGNORE_NEW_LINES) as $line) {
    try {
        $value = json_encode(eval("return $line;"), $flags);
    } catch (\Throwable $thrown) {
        $value = false;
    }
    echo json_encode([$line, $value], $flags), "\n";
}
