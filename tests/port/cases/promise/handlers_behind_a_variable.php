<?php
/* @oracle {"answers": [{"a": 1}, [404, {"code": "NONE"}], {"a": 3}], "runs": [
  {"calls": [{"new": "Later", "with": ["@instance"], "call": "returned", "args": []}]},
  {"calls": [{"new": "Later", "with": ["@instance"], "call": "again", "args": ["x"]}, {"new": "Later", "with": ["@instance"], "call": "again", "args": ["y"]}]},
  {"calls": [{"new": "Later", "with": ["@instance"], "call": "both", "args": [true]}]},
  {"calls": [{"new": "Later", "with": ["@instance"], "call": "both", "args": [false]}]},
  {"answers": [[404, {"code": "NONE"}]], "calls": [{"new": "Later", "with": ["@instance"], "call": "both", "args": [true]}]}]} */

use WeChatPay\BuilderChainable;

/** A promise in a variable, and its handlers in the next statement. */
class Later
{
    private $client;

    public function __construct(BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function returned()
    {
        $promise = $this->client->chain('v3/certificates')->getAsync();
        return $promise->then(function ($response) {
            return json_decode((string) $response->getBody(), true);
        })->wait();
    }

    public function again($name)
    {
        $promise = $this->client->chain('v3/certificates')->getAsync(['query' => ['n' => $name]]);
        $promise = $promise->then(static fn ($response) => $name . $response->getStatusCode());
        $promise = $promise->otherwise(static function ($e) use ($name) {
            return $name . ' failed ' . $e->getCode();
        });
        return $promise->wait();
    }

    public function both($ask)
    {
        if ($ask) {
            $promise = $this->client->chain('v3/certificates')->getAsync();
            $text = $promise->then(static fn ($response) => 'done', static fn ($e) => 'not done')->wait();
        } else {
            $text = 'not asked';
        }
        return $text;
    }
}
