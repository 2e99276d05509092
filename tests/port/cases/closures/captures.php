<?php
/* @oracle {"calls": [{"new": "Shop", "call": "run", "args": ["a", 2]}, {"new": "Shop", "call": "run", "args": ["b", 0]}]} */
class Shop
{
    private $log = [];
    private $factor = 1;

    public function run(string $name, int $times)
    {
        $list = ['first' => $name];
        $total = 5;
        $out = $this->repeat($times, function ($i, $last = 'x') use ($list, $total) {
            $list['n' . $i] = $total * $this->factor;
            $total = 100;
            $this->factor++;
            return implode(',', $list) . $last;
        }, $total + 3);
        $out[] = $this->repeat($total - 7, fn ($i) => $i . $name . count($list), 0);
        $out[] = self::apply('strtoupper', $name);
        $out[] = self::apply([$this, 'quoted'], $name);
        $out[] = self::twice(static fn ($value) => $value . '/' . $total, $name);
        $out[] = $this->wrapped(fn () => $this->factor . $name);
        $out[] = $this->names();
        $out[] = $this->pairs(fn ($k, $v) => [$k => $v . $total], ['x' => 1, 'y' => 2]);
        return [$out, $this->log, $this->factor, $total, $list];
    }

    private function repeat(int $times, callable $each, int $more): array
    {
        $out = [];
        $list = $more;
        for ($total = 0; $total < $times; $total++) {
            $out[] = $each($total) . $list;
            $this->log[] = $total;
        }
        return $out;
    }

    private static function apply(callable $what, $to)
    {
        return call_user_func_array($what, [$to]);
    }

    private static function twice(callable $what, $to)
    {
        return is_callable($what) ? $what($what($to)) : null;
    }

    private function quoted($text)
    {
        return "'$text'";
    }

    private function wrapped(\Closure $inner)
    {
        $before = $this->factor;
        return $this->twice(function ($value) use ($inner, $before) {
            return $value . $inner() . $before;
        }, '<') . $this->plain(fn () => $inner() . '>');
    }

    private function plain(callable $inner)
    {
        return $inner();
    }

    private function names()
    {
        $a = $this->plain(function () {
            return $this->plain(fn () => $this->plain(fn () => 'deep' . $this->factor));
        });
        return $a . $this->down(fn ($n) => "[$n]", 3);
    }

    private function down(callable $show, int $n)
    {
        return $n > 0 ? $show($n) . $this->down($show, $n - 1) : '';
    }

    private function mapped(callable $each, array $of)
    {
        return array_map($each, $of);
    }

    private function pairs(callable $each, array $of)
    {
        $all = [];
        foreach ($of as $key => $value) {
            $all += $each($key, $value);
        }
        return $all + $this->mapped(fn ($v) => $v . count($all), $all);
    }
}
