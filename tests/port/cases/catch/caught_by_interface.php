<?php
/* @oracle {"calls": [{"new": "B", "with": ["@instance"], "call": "go", "args": [1]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [2]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [3]}, {"new": "B", "with": ["@instance"], "call": "go", "args": [4]}], "answers": [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}]} */
interface Temporary { }
interface Retryable extends Temporary { }
class NetException extends \RuntimeException implements Retryable { }
class SlowException extends NetException { }
class BizException extends \RuntimeException { }
class Broken extends \Error { }
class B
{
    private $c;
    public function __construct($c) { $this->c = $c; }
    public function go($n)
    {
        try {
            $this->c->chain('v3/certificates')->get();
            if ($n == 1) { throw new NetException('y'); }
            if ($n == 2) { throw new SlowException('s'); }
            if ($n == 3) { throw new Broken('b'); }
            throw new BizException('z', 3);
        } catch (Retryable $e) {
            return $e instanceof Temporary ? 'retry' : 'never';
        } catch (\Exception $e) {
            return $e instanceof Retryable ? 'retry2' : 'no';
        } catch (\Throwable $e) {
            return get_class($e);
        }
    }
}
