<?php declare(strict_types=1);
/* @oracle {"calls": [{"function": "go", "args": [1, "a"]}, {"function": "go", "args": [2, "a"]}, {"function": "go", "args": [3, "a"]}, {"function": "go", "args": [4, "a"]}, {"function": "go", "args": [4, "12"]}, {"function": "go", "args": [5, "7"]}, {"function": "go", "args": [6, null]}, {"function": "go", "args": [6, 5]}, {"function": "go", "args": [7, null]}, {"function": "go", "args": [8, "1"]}, {"function": "go", "args": [9, "1"]}]} */
class OrderError extends \RuntimeException { public function __construct(int $id) { parent::__construct("order $id"); } }
class T extends \RuntimeException { public function __construct(string $m, int $c = 5) { parent::__construct($m, $c); } }
class U extends OrderError { public function __construct(float $id) { parent::__construct($id); } }
class N extends \RuntimeException { public function __construct(?string $m = null, float $rate = 1) { parent::__construct($m ?? "none $rate"); } }
class W extends \RuntimeException { public function __construct(\Throwable $previous, $message = 'w') { parent::__construct($message, 0, $previous); } }
function go($n, $x)
{
    try {
        if ($n === 1) { throw new OrderError('0012'); }
        if ($n === 2) { throw new T(5, 'abc'); }
        if ($n === 3) { throw new T(5); }
        if ($n === 4) { throw new OrderError($x); }
        if ($n === 5) { throw new U($x); }
        if ($n === 6) { throw new N($x); }
        if ($n === 7) { throw new N(); }
        if ($n === 8) { throw new T('a', true); }
        throw new W(new \LogicException('first'));
    } catch (\Exception $e) {
        $before = $e->getPrevious();
        return [get_class($e), $e->getMessage(), $e->getCode(), $before ? $before->getMessage() : null];
    } catch (\TypeError $e) {
        return get_class($e);
    }
}
