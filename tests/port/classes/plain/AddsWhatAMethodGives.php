<?php
/* @oracle {"answers": [{"a": 1}], "calls": [{"new": "AddsWhatAMethodGives", "with": [], "call": "get", "args": ["@instance"]}]} */
class AddsWhatAMethodGives
{
    private $n = 1;
    private $text = 't';
    private $log = [1 => 'a', 2 => 'b', 3 => 'c', 4 => 'd', 5 => 'e'];
    public function __construct() { $this->n = 1; }
    private function next() { $this->n++; $this->text = 'u' . $this->n; return $this->n; }
    public function get($i)
    {
        $this->log[$this->next()] .= 'x';
        $this->log[$this->n] .= $this->next();
        $this->text .= $this->next();
        $this->n += $this->next();
        $this->log[$this->next()]++;
        $k = 3;
        $counts = [3 => 1, 4 => 5];
        $counts[$k++]++;
        $k = 3;
        $this->log[$k++] .= $k;
        $x = ['a' => 1, 'b' => 2];
        $x['a'] += ($x['a'] = 5);
        $s = 'q'; $s .= ($s = 'w') . $s;
        $i->chain('v3/x')->post(['json' => ['l' => $this->log, 'n' => $this->n, 'x' => $x, 's' => $s, 'k' => $k, 't' => $this->text, 'c' => $counts]]);
        return $this->log;
    }
}
