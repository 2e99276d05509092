<?php
/* @oracle {"calls": [{"new": "MagicMembers", "with": ["@instance"], "call": "go", "args": []}, {"new": "Recorder", "with": ["@instance"], "call": "go", "args": []}], "answers": [{"a": 1}, {"a": 1}]} */
class MagicMembers
{
    private $c;
    private array $data = ['fee' => 5, 'list' => ['x' => 1]];
    public function __construct($c) { $this->c = $c; }
    public function __get($name) { return $this->data[$name] ?? null; }
    public function __set($name, $value) { $this->data[$name] = $value * 2; }
    public function __isset($name) { return isset($this->data[$name]); }
    public function go()
    {
        $this->fee = 7;
        $this->c->chain('v3/x')->post(['json' => [
            'fee' => $this->fee,
            'has' => isset($this->fee),
            'no' => isset($this->zip),
            'deep' => [isset($this->list['x']), isset($this->list['y']), $this->list['x']],
            'else' => [$this->zip ?? 'none', $this->fee ?? 'none', empty($this->fee), empty($this->zip)],
        ]]);
        return $this->data;
    }
}
class Recorder
{
    private $c;
    private $own = 1;
    public function __construct($c) { $this->c = $c; }
    public function __call($name, $args) { return $name . count($args); }
    public static function __callStatic($name, $args) { return 'static ' . $name . json_encode($args); }
    public function __get($name) { return 'got ' . $name; }
    public function __destruct() { }
    private function made() { return 'made'; }
    private static function built() { return self::missing('s', 1); }
    public function go()
    {
        $this->c->chain('v3/certificates')->get();
        $this->kept = 3;
        $each = array_map(function ($x) { return $this->mapped($x); }, [1, 2]);
        return [$this->missing(1, 2), $this->prop, $this->kept, $this->own, $this->made(), self::built(), self::other(1), $each, $this->gone ?? 'else', isset($this->gone)];
    }
}
