<?php
/* @oracle {"answers": [{"trade_state": "SUCCESS"}, [404, {"code": "ORDER_NOT_EXIST", "message": "none"}], "timeout", [204], [500, {"code": "SYSTEM_ERROR", "message": "later"}]],
 "calls": [{"new": "Orders", "with": ["@instance"], "call": "find", "args": ["T1"]}, {"new": "Orders", "with": ["@instance"], "call": "find", "args": ["T2"]}, {"new": "Orders", "with": ["@instance"], "call": "find", "args": ["T3"]}, {"new": "Orders", "with": ["@instance"], "call": "close", "args": ["T4"]}, {"new": "Orders", "with": ["@instance"], "call": "close", "args": ["T5"]}]} */
use GuzzleHttp\Exception\ConnectException;
use GuzzleHttp\Exception\RequestException;
use Psr\Http\Message\ResponseInterface;
use WeChatPay\BuilderChainable;

class Orders
{
    private BuilderChainable $api;

    public function __construct(BuilderChainable $api)
    {
        $this->api = $api;
    }

    public function find(string $no)
    {
        $response = $this->guard(fn () => $this->api->chain('v3/pay/transactions/id/{id}')->get([
            'id' => $no,
            'query' => ['mchid' => '1900000109'],
        ]), 'find');
        return json_decode((string) $response->getBody(), true)['trade_state'];
    }

    public function close($no): int
    {
        $response = $this->guard(function () use ($no): ResponseInterface {
            echo "close $no\n";
            return $this->api->chain("v3/pay/transactions/out-trade-no/$no/close")->post(['json' => ['mchid' => '1900000109']]);
        }, 'close');
        return $response->getStatusCode();
    }

    private function guard(callable $call, string $what)
    {
        try {
            $response = $call();
            echo "$what done\n";
            return $response;
        } catch (ConnectException $e) {
            throw new \RuntimeException("$what: unknown", 2);
        } catch (RequestException $e) {
            $body = json_decode((string) $e->getResponse()->getBody(), true);
            throw new \RuntimeException("$what: " . $body['message'], 1);
        } finally {
            echo "$what left\n";
        }
    }
}
