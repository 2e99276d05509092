<?php
/* @oracle {"calls": [
    {"new": "Counter", "with": [2], "call": "kept", "args": ["a"]},
    {"new": "Counter", "with": [2], "call": "each", "args": [["x", "y"]]},
    {"new": "Counter", "with": [2], "call": "walked", "args": []},
    {"new": "Counter", "with": [2], "call": "sorted", "args": []},
    {"new": "Counter", "with": [2], "call": "missing", "args": ["m"]}]} */
class Counter
{
    private $n;
    private $name;
    private $items = [3, 1, 2];

    public function __construct($n)
    {
        $this->n = $n;
    }

    public function next($text)
    {
        $this->n++;
        return $text . $this->n;
    }

    public function kept($text)
    {
        $show = function ($of) {
            return $of . '/' . $this->n;
        };
        $first = $show($text);
        $this->n += 10;
        $up = fn ($of) => $this->next($of . $this->n);
        $second = $up($this->n);
        return [$first, $show($this->next('q')), $second, $this->n, $up($show('z')), $show('end')];
    }

    public function each($texts)
    {
        $show = fn ($of) => $of . $this->n;
        $all = [];
        foreach ($texts as $text) {
            $all[] = $show($text);
            $this->n *= 2;
        }
        return $all;
    }

    public function walked()
    {
        $next = array_map(function ($item) {
            $this->items[] = $item;
            return $this->next($item);
        }, $this->items);
        $some = array_filter($this->items, fn ($item) => $this->next($item) !== '18');
        return [$next, $some, $this->items, $this->n];
    }

    private function rank($item)
    {
        return $item * $this->n;
    }

    public function sorted()
    {
        $this->n--;
        usort($this->items, function ($a, $b) {
            return $this->rank($a) <=> $this->rank($b);
        });
        return $this->items;
    }

    public function missing($name)
    {
        $this->name ??= $name;
        $this->name ??= 'other';
        return $this->name;
    }
}
