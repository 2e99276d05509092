<?php
/* @oracle {"calls": [{"function": "go", "args": [1]}, {"function": "go", "args": [2]}, {"function": "go", "args": [3]}, {"function": "go", "args": [4]}, {"function": "go", "args": [5]}, {"function": "go", "args": [6]}, {"function": "go", "args": [7]}, {"function": "go", "args": [8]}, {"function": "go", "args": [9]}]} */
class W extends \WeChatPay\Exception\InvalidArgumentException
{
    public function __construct($m) { parent::__construct("W:$m", 2); }
}
class T extends \GuzzleHttp\Exception\TransferException
{
    public function __construct(string $m) { parent::__construct("T:$m", 3); }
}
class S extends \ErrorException
{
    public function __construct($m, $sev) { parent::__construct($m, 3, $sev); }
}
class P extends \ErrorException { protected $code = 9; }
class Q extends \WeChatPay\Exception\InvalidArgumentException { protected $code = 8; }


function go($n)
{
    try {
        if ($n === 1) { throw new W('x'); }
        if ($n === 2) { throw new T('y'); }
        if ($n === 3) { throw new S('m', 4); }
        if ($n === 4) { throw new P('n', 0, 4, 'a.php', 3, new \LogicException('before')); }
        if ($n === 5) { throw new Q('q'); }
        if ($n === 6) { throw new \ErrorException('e', 5, E_WARNING); }
        if ($n === 7) { throw new \WeChatPay\Exception\InvalidArgumentException('i'); }
        if ($n === 8) { throw new \GuzzleHttp\Exception\InvalidArgumentException('g', 1); }
        throw new \GuzzleHttp\Exception\TransferException('t', 6);
    } catch (\Throwable $e) {
        $before = $e->getPrevious();
        return [
            get_class($e), $e->getMessage(), $e->getCode(), $before ? $before->getMessage() : null,
            $e instanceof \InvalidArgumentException, $e instanceof \RuntimeException,
            $e instanceof \WeChatPay\Exception\WeChatPayException, $e instanceof \GuzzleHttp\Exception\GuzzleException,
        ];
    }
}
