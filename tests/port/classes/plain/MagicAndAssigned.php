<?php
/* @oracle {"answers": [{}], "calls": [{"new": "MagicAndAssigned", "with": ["@instance"], "call": "pay", "args": []}]} */

class MagicAndAssigned
{
    private $instance;
    private $data = ['fee' => 5];

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    public function __get($name)
    {
        return $this->data[$name] ?? null;
    }

    public function reset()
    {
        $this->fee = 0;
    }

    public function pay()
    {
        $this->instance->chain('v3/x')->post(['json' => ['a' => $this->fee]]);
    }
}
