<?php
/* @oracle {"runs": [
  {"answers": [{"id": "a"}], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byMethod", "args": ["1"]}]},
  {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "none"}]], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byMethod", "args": ["1"]}]},
  {"answers": ["connect"], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byMethod", "args": ["1"]}]},
  {"answers": [{"id": "a"}], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byClass", "args": ["1"]}]},
  {"answers": [{"id": "b"}], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byVariable", "args": ["2", true]}]},
  {"answers": [[400, {"code": "PARAM_ERROR", "message": "bad"}]], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byVariable", "args": ["2", false]}]},
  {"answers": [{"id": "c"}], "calls": [{"new": "Payments", "with": ["@instance"], "call": "byArrow", "args": ["3"]}]},
  {"answers": [{"id": "d"}], "calls": [{"new": "Payments", "with": ["@instance"], "call": "given", "args": ["4"]}]},
  {"answers": [{"id": "e"}], "calls": [{"new": "Payments", "with": ["@instance"], "call": "withoutAnswer", "args": ["5"]}]},
  {"answers": [[403, {"code": "NO_AUTH", "message": "no"}]], "calls": [{"new": "Payments", "with": ["@instance"], "call": "caught", "args": ["6"]}]},
  {"answers": ["timeout"], "calls": [{"new": "Payments", "with": ["@instance"], "call": "caught", "args": ["6"]}]}
]} */

use GuzzleHttp\Exception\RequestException;
use Psr\Http\Message\ResponseInterface;

class Payments
{
    private $client;
    private $log = [];

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function byMethod(string $no)
    {
        return $this->client->v3->pay->transactions->id->_id_->getAsync(['id' => $no])
            ->then([$this, 'paid'])
            ->otherwise([$this, 'failed'])
            ->wait();
    }

    public function byClass(string $no)
    {
        return $this->client->chain('v3/pay/transactions/id/' . $no)->getAsync()->then([self::class, 'parsed'], [$this, 'failed'])->wait();
    }

    public function byVariable(string $no, bool $strict)
    {
        $prefix = 'no ' . $no;
        $done = function (ResponseInterface $response) use ($prefix) {
            return $prefix . ': ' . $response->getStatusCode();
        };
        if ($strict) {
            $failed = static function ($e) {
                throw $e;
            };
            return $this->client->chain('v3/pay/transactions/id/' . $no)->getAsync()->then($done)->otherwise($failed)->wait();
        }
        return $this->client->chain('v3/pay/transactions/id/' . $no)->getAsync()->then($done, [$this, 'failed'])->wait();
    }

    public function byArrow(string $no)
    {
        $text = fn ($response) => $no . (string) $response->getBody();
        $promise = $this->client->chain('v3/pay/transactions/id/' . $no)->getAsync()->then($text);
        return $promise->wait();
    }

    public function given(string $no)
    {
        return $this->continued($no, function ($response) {
            return $response->getStatusCode() + 1;
        });
    }

    private function continued(string $no, callable $handler)
    {
        return $this->client->chain('v3/pay/transactions/id/' . $no)->getAsync()->then($handler)->wait();
    }

    public function withoutAnswer(string $no)
    {
        $result = $this->client->chain('v3/pay/transactions/id/' . $no)->getAsync()->then([$this, 'done'])->wait();
        return [$result, $this->log];
    }

    public function caught(string $no)
    {
        try {
            $this->client->chain('v3/pay/transactions/id/' . $no)->get();
        } catch (\Exception $e) {
            return $this->failed($e);
        }
    }

    public function paid($response)
    {
        return json_decode((string) $response->getBody(), true)['id'];
    }

    public static function parsed($response)
    {
        return json_decode($response->getBody()->getContents(), true);
    }

    public function done()
    {
        $this->log[] = 'done';
        return 'yes';
    }

    public function failed($e)
    {
        if ($e instanceof RequestException && $e->hasResponse()) {
            $response = $e->getResponse();
            return $response->getStatusCode() . ' ' . $e->getResponse()->getBody();
        }
        return ['connect' => $e instanceof \GuzzleHttp\Exception\ConnectException, 'code' => $e->getCode()];
    }
}
