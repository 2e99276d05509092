<?php
/* @oracle {"calls": [{"new": "B", "with": ["@instance"], "call": "go", "args": [1]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [2]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [3]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [4]}], "answers": [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}]} */
class PayException extends \RuntimeException
{
    protected $code = 4001;
    protected $message = '余额不足';
}
class RefundException extends PayException
{
    const NAME = '退款失败';
    protected $message = self::NAME;
}
class B
{
    private $c;
    public function __construct($c) { $this->c = $c; }
    public function go($n)
    {
        try {
            $this->c->chain('v3/certificates')->get();
            if ($n == 1) { throw new PayException(); }
            if ($n == 2) { throw new RefundException(); }
            if ($n == 3) { throw new RefundException('y', $n - 3); }
            throw new PayException('z', $n);
        } catch (PayException $e) {
            return [get_class($e), $e->getMessage(), $e->getCode()];
        }
    }
}
