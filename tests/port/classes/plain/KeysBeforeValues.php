<?php
/* @oracle {"answers": [{"a": 1}], "calls": [{"new": "KeysBeforeValues", "with": ["k"], "call": "get", "args": ["@instance"]}]} */

class KeysBeforeValues
{
    private $n = 1;
    private $log = [];

    public function __construct(string $first)
    {
        $this->log[] = $first;
    }

    private function next()
    {
        $this->n++;
        return $this->n;
    }

    public function get($instance)
    {
        $this->log[$this->n] = $this->next();
        $this->log['x'][$this->n] = $this->next();
        $this->log[$this->next()] = $this->n;
        $this->log[$this->n . 'k'] = [$this->next(), $this->n];
        $made = [];
        $made[$this->n] = $this->next();
        $i = 7;
        $made[$i] = $this->next() + $i++;
        $made[$i + 1] = $i++;
        $made[$i++] = $i;
        $instance->chain('v3/x')->post(['json' => ['made' => $made]]);
        return [$this->log, $made];
    }
}
