<?php
/* @oracle {"calls": [{"function": "go", "args": [1]}, {"function": "go", "args": [2]}, {"function": "go", "args": [3]}, {"function": "go", "args": [4]}, {"function": "go", "args": [5]}]} */
class E extends \RuntimeException
{
    protected $code = 7;
    public function __construct($m, $code = 0) { parent::__construct($m); $this->code = $code; }
}
class F extends E { public function __construct(string $m, int $code) { parent::__construct($m, $code); } }
class G extends \RuntimeException
{
    protected $code = 7;
    public function __construct($m, $code = 0) { parent::__construct($m, $code); }
}
function go($n)
{
    try {
        if ($n === 1) { throw new E('x'); }
        if ($n === 2) { throw new E('x', 3); }
        if ($n === 3) { throw new F('x', 0); }
        if ($n === 4) { throw new G('x', 0); }
        throw new G('x', 4);
    } catch (\Exception $e) {
        return [get_class($e), $e->getMessage(), $e->getCode()];
    }
}
