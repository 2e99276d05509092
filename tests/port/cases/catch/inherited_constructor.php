<?php
/* @oracle {"calls": [{"new": "B", "with": ["@instance"], "call": "go", "args": [1]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [2]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [3]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [4]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [5]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [6]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [7]}], "answers": [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}]} */
class BizException extends \Exception
{
    public function __construct($message = '业务异常', $code = 400, $previous = null)
    {
        parent::__construct($message, $code, $previous);
    }
}
class RefundException extends BizException { }
class PayException extends BizException { protected $code = 500; }
class NamedException extends BizException
{
    public function __construct(string $what, ?\Throwable $previous = null, array $unused = [])
    {
        parent::__construct("[pay] $what", 7, $previous);
    }
}
class SetException extends \Exception
{
    public function __construct($m, $code = 0) { $this->message = $m ?: 'none'; $this->code = $code; }
}
class B
{
    private $c;
    public function __construct($c) { $this->c = $c; }
    public function go($n)
    {
        try {
            $this->c->chain('v3/certificates')->get();
            if ($n == 1) { throw new RefundException('y'); }
            if ($n == 2) { throw new RefundException(); }
            if ($n == 3) { throw new PayException('z', 0); }
            if ($n == 4) { throw new NamedException('q', new \LogicException('before')); }
            if ($n == 5) { throw new SetException('', 3); }
            if ($n == 6) { throw new BizException(code: 9); }
            throw new BizException('w', 3);
        } catch (\Exception $e) {
            $before = $e->getPrevious();
            return [get_class($e), $e->getMessage(), $e->getCode(), $e instanceof BizException, $before ? $before->getMessage() : null];
        }
    }
}
