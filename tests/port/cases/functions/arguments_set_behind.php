<?php
/* @oracle {"runs": [
    {"calls": [{"function": "all", "args": ["@instance", "x"]}, {"function": "typed", "args": ["@instance", "x", 5]}, {"new": "P", "call": "run", "args": ["z"]}]}
]} */
function f($a, $b)
{
    return json_encode([$a, $b]);
}
function g(array $a, string $b)
{
    return json_encode([$a, $b]);
}

function all($instance, $t)
{
    echo f(['X' => $t], $t = 'x');
    echo g(['X' => $t], $t = 'y');
    echo g(['X' => $t, 'Z' => [$t]], $t = 'y' . $t);
    echo strtr('aX', [$t => 'b']), json_encode(array_merge(['X' => $t], [$t = 'k']));
    echo str_replace($t, $t = 'x', 'xyz');
    echo in_array($t, [$t = 'x']);
    foreign(['X' => $t], $t = 'x');
    foreign($t, $t = 'z');
}

function typed($instance, string $t, int $n)
{
    echo g(['X' => $t, 'n' => $n], $t = 'x');
    echo f(['X' => $n], $n = 7);
    echo f($t, $t = 'x'), f($n, $n = 8), f("a$t", $t = 'v'), f($t . 'x', $t .= 'v');
    foreign(['X' => $t], $t = 'x');
    foreign($t, $t = 'z');
}
class P
{
    private $log = 1;
    public function run($t)
    {
        echo $this->f(['X' => $t], $t = 'x'), self::s(['X' => $t], $t = 'y');
        echo $this->f(['X' => $this->log], $this->log = 'x'), self::s(['X' => $this->log], $this->log = 'y');
        echo $this->f($this->log, $this->log = 'z');
        $f = fn ($a, $b) => json_encode([$a, $b]);
        echo $f(['X' => $t], $t = 'o'), $f($t, $t = 'p');
    }
    private function f($a, $b)
    {
        return json_encode([$a, $b, $this->log]);
    }
    private static function s($a, $b)
    {
        return json_encode([$a, $b]);
    }
}
