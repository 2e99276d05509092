<?php
/* @oracle {"calls": [{"function": "shown", "args": ["{\"a\":{\"b\":1},\"c\":[1,2]}"]}, {"function": "shown", "args": ["[]"]}, {"function": "shown", "args": ["{}"]}, {"function": "shown", "args": ["nul"]}, {"function": "shown", "args": ["null"]}, {"function": "shown", "args": [""]}, {"function": "shown", "args": ["1.0"]}, {"function": "shown", "args": ["12345678901234567890"]}, {"function": "shown", "args": ["\"a\\/b\""]}, {"function": "shown", "args": [" [1] "]}, {"function": "shown", "args": ["{\"a\":1,\"a\":2}"]}, {"function": "shown", "args": ["[1,]"]}, {"function": "shown", "args": ["{\"0\":\"x\",\"1\":\"y\"}"]}]} */
function shown(string $s)
{
    $a = json_decode($s, true);
    echo json_encode($a), gettype($a), json_last_error(), json_last_error_msg(), "\n";
    $o = json_decode($s);
    echo json_encode($o), "\n";
    $d = json_decode($s, true, 2);
    echo json_encode($d), "\n";
    try {
        $t = json_decode($s, true, 512, JSON_THROW_ON_ERROR);
        echo json_encode($t), "\n";
    } catch (\JsonException $e) {
        echo $e->getMessage(), $e->getCode(), "\n";
    }
    echo json_encode(json_decode($s, true, 512, JSON_BIGINT_AS_STRING)), "\n";
    echo json_encode(['a' => 1.0, 'b' => '1/2', 'c' => '中', 'd' => [], 'e' => new \stdClass(), 'f' => 0.1 + 0.2, 'g' => "\u{1F600}", 'h' => '<>&\'"'], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION), "\n";
    echo json_encode(['h' => '<>&\'"'], JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT), json_encode([], JSON_FORCE_OBJECT), json_encode([[1, 2], ['a' => null]], JSON_PRETTY_PRINT), json_encode(['1', '2.5', 'x'], JSON_NUMERIC_CHECK), "\n";
}
