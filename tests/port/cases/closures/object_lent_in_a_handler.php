<?php
/* @oracle {"runs": [
    {"answers": [{"a": 1}, {"a": 2}], "calls": [{"new": "P", "with": ["@instance"], "call": "run", "args": []}, {"new": "P", "with": ["@instance"], "call": "other", "args": []}]}
]} */
class P
{
    private $instance;
    private $count = 0;

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private function via($a)
    {
        $this->count++;
        return $this->count;
    }

    public function run()
    {
        $f = fn ($a) => $this->via($a);
        $p = $this->instance->chain('v3/certificates')->getAsync()->then(function ($r) {
            return $this->via($r->getStatusCode());
        });
        $n = $f('x');
        return [$p->wait(), $n, $f('y')];
    }

    public function other()
    {
        $f = fn ($a) => $this->via($a);
        $p = $this->instance->chain('v3/certificates')->getAsync()->then(function ($r) use ($f) {
            return $f($r->getStatusCode());
        })->wait();
        return [$p, $f('y')];
    }
}
