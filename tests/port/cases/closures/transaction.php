<?php
/* @oracle {"answers": [{"status": "SUCCESS"}, [400, {"code": "NOT_ENOUGH", "message": "poor"}], "timeout"],
 "calls": [{"new": "Refunds", "with": ["@instance"], "call": "make", "args": ["R1", 1]}, {"new": "Refunds", "with": ["@instance"], "call": "make", "args": ["R2", 2]}, {"new": "Refunds", "with": ["@instance"], "call": "make", "args": ["R3", 3]}]} */
class Refunds
{
    private $depth = 0;
    private $api;

    public function __construct(\WeChatPay\BuilderChainable $api)
    {
        $this->api = $api;
    }

    public function make(string $no, int $fen): string
    {
        try {
            return $this->transaction(function () use ($no, $fen) {
                $answer = $this->attempt(fn () => $this->api->chain('v3/refund/domestic/refunds')->post(['json' => [
                    'out_refund_no' => $no,
                    'amount' => ['refund' => $fen, 'total' => $fen, 'currency' => 'CNY'],
                ]]));
                return json_decode((string) $answer->getBody(), true)['status'];
            });
        } catch (\DomainException $e) {
            return $e->getMessage() . $this->depth;
        }
    }

    private function transaction(callable $work)
    {
        $this->depth++;
        echo "begin\n";
        try {
            $result = $work();
            echo "commit\n";
            return $result;
        } catch (\Throwable $e) {
            echo "rollback\n";
            throw $e;
        } finally {
            $this->depth--;
        }
    }

    private function attempt(callable $send)
    {
        try {
            return $send();
        } catch (\GuzzleHttp\Exception\ClientException $e) {
            throw new \DomainException('refused', 1, $e);
        }
    }
}
