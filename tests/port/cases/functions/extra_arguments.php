<?php
/* @oracle {"runs": [{"answers": [{"n": 1}, {"n": 2}]}], "calls": [{"new": "More", "with": ["@instance"], "call": "all", "args": [["b", "a"]]}]} */
function told(string $text)
{
    echo $text, "\n";
    return $text;
}

function none()
{
    echo "none\n";
    return 'n';
}

class Base
{
    protected function above()
    {
        return told('above');
    }
}

class More extends Base
{
    private $client;
    private $count = 0;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function all(array $names)
    {
        $n = 1;
        $show = function ($x) {
            echo $x, "\n";
            return $x;
        };
        $greet = function ($x, $by = 'by', $more = null) {
            return $x . $by . ($more ?? '-');
        };
        $table = ['a' => function ($x) {
            return $x;
        }];
        $method = count($names) > 1 ? 'one' : 'nothing';
        $prefix = 'p';
        $keeps = fn ($x) => $prefix . $x;
        $out = [
            $show(1, told('closure')), none(told('function')), $this->one($n, $n = 5), $n,
            $this->nothing(told('method'), told('twice')), self::fixed('x', told('static')),
            $greet('a'), $greet('a', 'b'), $greet('a', 'b', 'c', told('three')), $keeps('k', $n++), $n,
            call_user_func([$this, 'one'], 7, told('user func')), call_user_func('none', told('named')),
            array_map(function ($a, $b = 3) {
                return $a . $b;
            }, $names),
            parent::above(told('parent')),
            $table['a']('in', $this->counted()), call_user_func([$this, $method], 'by', $this->counted()),
            call_user_func_array([$this, 'one'], ['list', $this->counted()]), $this->count,
            $this->one(8, $this->count++, $this->counted()), $this->count,
        ];
        usort($names, function ($a, $b, $c = 1) {
            return $c * ($a <=> $b);
        });
        $call = $this->client->chain('v3/certificates')->get(['query' => ['a' => $names[0]]]);
        $this->sent('v3/certificates', $this->client->chain('v3/certificates')->get(['query' => ['b' => 'dropped']]));
        return [$out, $names, $call->getStatusCode()];
    }

    protected function above()
    {
        return 'below';
    }

    private function one($a)
    {
        return $a;
    }

    private function nothing()
    {
        return 'nothing';
    }

    private function counted()
    {
        return ++$this->count;
    }

    private function sent(string $path)
    {
        echo $path, "\n";
    }

    private static function fixed(string $text): string
    {
        return $text . '!';
    }
}
