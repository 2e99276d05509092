<?php
/* @oracle {"calls": [{"new": "BaseKeepsItsOwn", "with": ["@instance"], "call": "go", "args": []}], "answers": [{"a": 1}]} */
class KeepingBase
{
    const T = 'base';
    const ONLY = 'only';
    protected $c;
    private $state = 'base state';
    public function __construct($c) { $this->c = $c; }
    private function hook() { return 'base hook ' . $this->state; }
    protected function late() { return 'base late'; }
    public function go()
    {
        $this->c->chain('v3/certificates')->get();
        return [$this->hook(), self::T, static::T, self::ONLY, $this->late(), __METHOD__, __CLASS__, self::class, static::class, get_class($this), $this->own()];
    }
    protected function own() { return null; }
}
class BaseKeepsItsOwn extends KeepingBase
{
    const T = 'child';
    private $state = 'child state';
    private function hook() { return 'child hook ' . $this->state; }
    protected function late() { return 'child late'; }
    protected function own() { return [$this->hook(), self::T, __METHOD__]; }
}
