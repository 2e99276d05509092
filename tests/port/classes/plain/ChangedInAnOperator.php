<?php
/* @oracle {"runs": [
    {"calls": [{"new": "ChangedInAnOperator", "call": "sum"}]},
    {"foreign": {"record_it": ["z"]}, "calls": [{"new": "ChangedInAnOperator", "call": "told"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "same"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "joined"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "less"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "item"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "interpolated"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "argument"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "of_a_function"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "formatted"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "other_order"}]},
    {"calls": [{"new": "ChangedInAnOperator", "call": "stepped"}]}
]} */

function both($one, $other)
{
    return $one . '/' . $other;
}

class ChangedInAnOperator
{
    private $n = 1;
    private $t = 'a';
    private $log = ['x'];

    private function inc()
    {
        $this->n = $this->n + 1;
        return $this->n;
    }

    private function set()
    {
        $this->t = 'b';
        $this->log[] = 'y';
        return '-';
    }

    public function told()
    {
        return record_it($this->log, $this->set());
    }

    public function sum()
    {
        return $this->n + $this->inc();
    }

    public function same()
    {
        return $this->n === $this->inc();
    }

    public function joined()
    {
        return $this->t . $this->set() . $this->t;
    }

    public function less()
    {
        return $this->n < $this->inc();
    }

    public function item()
    {
        return $this->log[0] . $this->set() . count($this->log);
    }

    public function interpolated()
    {
        return "{$this->t}{$this->set()}{$this->t}";
    }

    public function argument()
    {
        return implode(',', array_merge($this->log, [$this->set()], $this->log));
    }

    public function of_a_function()
    {
        return both($this->t, $this->set()) . both($this->t, $this->inc());
    }

    public function formatted()
    {
        return sprintf('%s %s %s', $this->t, $this->set(), $this->t);
    }

    public function other_order()
    {
        return $this->inc() + $this->n;
    }

    public function stepped()
    {
        return $this->n + $this->n++ + ++$this->n;
    }
}
