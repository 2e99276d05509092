<?php
/* @oracle {"answers": [{"a": 1}], "runs": [
 {"calls": [{"new": "ConstructorReturns", "with": [""], "call": "get", "args": ["@instance"]}]},
 {"calls": [{"new": "ConstructorReturns", "with": ["k"], "call": "get", "args": ["@instance"]}]}]} */

class ConstructorReturns
{
    private $name = 'none';
    private $times = 0;

    public function __construct(string $name)
    {
        $this->count();
        if (!$name) {
            return;
        }
        $this->name = $name;
        $this->count();
    }

    private function count()
    {
        $this->times++;
        return $this->times;
    }

    public function get($instance)
    {
        $instance->chain('v3/x')->post(['json' => ['name' => $this->name, 'times' => $this->times]]);
        return $this->count();
    }
}

