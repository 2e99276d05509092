<?php
/* @oracle {"calls": [{"new": "DefaultsAndParameters", "with": [7, true, "given"], "call": "all"}, {"new": "DefaultsAndParameters", "with": [0, false, ""], "call": "all"}]} */

class DefaultsAndParameters
{
    private int $retries = 3;
    private bool $strict = false;
    private $name = 'default';
    private $seen;

    public function __construct(int $retries, bool $strict, $name)
    {
        $this->note();
        $this->retries = $retries;
        $this->strict = $strict;
        $this->name = $name;
        $this->note();
    }

    private function note()
    {
        $this->seen[] = [$this->retries, $this->strict, $this->name];
    }

    public function all(): array
    {
        return $this->seen;
    }
}
