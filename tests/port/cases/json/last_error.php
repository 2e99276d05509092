<?php
/* @oracle {"calls": [{"new": "A", "with": ["@instance"], "call": "all", "args": [["{}", "", "{bad", "[1", "\"a", "\"a\nb\"", "\"\\ud800\"", "\"\\u12\"", "\"\\x\"", "{\"a\":1,}", "\u0001", "nul", "[1]x", "1.", "\"\\udc00\"", "[\"a\u0000\"]"]]}, {"new": "A", "with": ["@instance"], "call": "body", "args": ["first"]}, {"new": "A", "with": ["@instance"], "call": "body", "args": ["inline"]}, {"new": "A", "with": ["@instance"], "call": "body", "args": ["encoded"]}, {"new": "A", "with": ["@instance"], "call": "body", "args": ["thrown"]}], "answers": [{"text": "{\"a\": 1}"}, {"text": "{\"a\": 1}"}, {"text": "{\"a\": 1}"}, {"text": "{\"a\": 1}"}]} */
class A
{
    private $c;
    public function __construct($c) { $this->c = $c; }
    public function all(array $texts)
    {
        $out = [];
        foreach ($texts as $text) {
            $x = json_decode($text, true);
            $out[] = [$x, json_last_error(), json_last_error_msg()];
        }
        return $out;
    }
    public function body($how)
    {
        $response = $this->c->chain('v3/x')->post(['json' => ['how' => $how]]);
        if ($how === 'first') {
            $data = json_decode((string) $response->getBody(), true);
            if (json_last_error() !== JSON_ERROR_NONE) {
                throw new \RuntimeException('bad: ' . json_last_error_msg());
            }
            return $data;
        }
        if ($how === 'inline') {
            if (null === ($d = json_decode('{"a"', true)) && JSON_ERROR_SYNTAX === json_last_error()) {
                return 'syntax';
            }
            return $d;
        }
        if ($how === 'encoded') {
            $x = json_decode('{');
            $text = json_encode([1]);
            return [$text, json_last_error(), $x];
        }
        try {
            $data = json_decode('[', true);
            if (json_last_error()) {
                throw new \InvalidArgumentException(json_last_error_msg(), json_last_error());
            }
            return $data;
        } catch (\InvalidArgumentException $e) {
            return [$e->getMessage(), $e->getCode()];
        }
    }
}
