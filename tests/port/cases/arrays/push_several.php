<?php
/* @oracle {"calls": [{"new": "A", "with": ["@instance"], "call": "go", "args": []}], "answers": [{"list": [{"id": 2}, {"id": 1}], "none": [], "null": null, "map": {"k": 1}, "names": {"b": 1, "B": 2, "10": 3, "9": 4, "é": 5}}]} */
class A
{
    private $c;
    private $all = [0];
    public function __construct($c) { $this->c = $c; }
    public function go()
    {
        $r = json_decode($this->c->chain('v3/x')->get()->getBody(), true);
        $all = ['first'];
        array_push($all, ...$r['list']);
        array_push($all, ...$r['none']);
        array_push($all, 1, 'two', [$r['list']]);
        $x = 3;
        array_push($this->all, $x, $x);
        $errors = [];
        foreach (['null', 'map'] as $key) {
            try {
                array_push($all, ...$r[$key]);
            } catch (\Error $e) {
                $errors[] = get_class($e) . ': ' . $e->getMessage();
            }
        }
        $texts = ['10', '9', 'b', 'B', '1e1', 'é', ''];
        usort($texts, 'strcmp');
        $folded = ['b', 'A', 'C', 'a'];
        usort($folded, 'strcasecmp');
        $names = ['x' => 1, 'b' => 2, 'B' => 3];
        uksort($names, 'strcmp');
        return [$all, $this->all, $errors, $texts, $folded, $names, strcmp('a', 'b'), strcmp('b', 'a'), strcmp('a', 'a')];
    }
}
