<?php
/* @oracle {"runs": [
    {"calls": [{"new": "MagicAndPlainNames", "call": "both", "args": []}]},
    {"calls": [{"new": "MagicAndPlainNames", "call": "of_constants", "args": []}]},
    {"calls": [{"new": "MagicAndPlainNames", "call": "asked", "args": []}]}
]} */

class MagicAndPlainNames
{
    const KINDS = ['a', 'b'];

    private $data = ['fee' => 5];
    private $calls = 0;

    public function __get($name)
    {
        $this->calls++;
        return $this->data[$name] ?? null;
    }

    public function __isset($name)
    {
        return isset($this->data[$name]);
    }

    public function __call($name, $args)
    {
        return $name . count($args);
    }

    public function get($name)
    {
        return 'got ' . $name;
    }

    public function call($name)
    {
        return 'called ' . $name;
    }

    public function getFee()
    {
        return 1;
    }

    public function get_fee()
    {
        return 2;
    }

    public function kinds()
    {
        return count(self::KINDS);
    }

    public function both()
    {
        return [$this->fee, $this->get('x'), $this->call('y'), $this->other(1, 2), $this->getFee(), $this->get_fee()];
    }

    public function of_constants()
    {
        return [$this->kinds(), self::KINDS];
    }

    public function asked()
    {
        $first = $this->none ?? $this->missing ?? $this->fee ?? $this->calls;
        return [$first, $this->none ?? 'x', $this->fee ?? 'y', $this->calls];
    }
}
