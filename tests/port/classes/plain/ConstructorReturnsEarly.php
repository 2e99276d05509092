<?php
/* @oracle {"answers": [{"a": 1}], "runs": [
 {"calls": [{"new": "ConstructorReturnsEarly", "with": [""], "call": "get", "args": ["@instance"]}]},
 {"calls": [{"new": "ConstructorReturnsEarly", "with": ["k"], "call": "get", "args": ["@instance"]}]}]} */

class ConstructorReturnsEarly
{
    private $name = 'none';
    private $more;

    public function __construct(string $name)
    {
        if (!$name) {
            return;
        }
        $this->name = $name;
        $this->more = [$name];
    }

    public function get($instance)
    {
        $instance->chain('v3/x')->post(['json' => ['name' => $this->name, 'more' => $this->more]]);
        return $this->more;
    }
}
