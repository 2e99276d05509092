<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}], "calls": [
  {"new": "Tokens", "with": ["@instance", "t", 3, "o", "secret"], "call": "all", "args": []},
  {"new": "Tokens", "with": ["@instance", null, 3, "o", "secret"], "call": "all", "args": []},
  {"new": "Tokens", "with": ["@instance", "t", 3, "o", "secret"], "call": "set", "args": ["new", 7.5]},
  {"new": "Tokens", "with": ["@instance", "t", 3, "o", "secret"], "call": "status", "args": []},
  {"new": "Above", "with": ["a", "b"], "call": "set", "args": ["c"]},
  {"new": "Below", "with": ["a", "b"], "call": "all", "args": []},
  {"new": "Apart", "with": ["a", "b"], "call": "all", "args": []},
  {"new": "Apart", "with": ["a", "b"], "call": "set", "args": ["c"]},
  {"new": "Keyed", "with": ["@file:merchant_key"], "call": "signed", "args": ["text"]}]} */

use WeChatPay\BuilderChainable;
use WeChatPay\Crypto\Rsa;

/** Properties that the constructor's parameters declare, and others of the same names. */
class Tokens
{
    private $other;
    protected ?string $hidden = null;

    public function __construct(
        private BuilderChainable $client,
        private ?string $token,
        protected int|float $limit,
        $other,
        string $hidden
    ) {
        $token = 'changed';
        $this->limit += 1;
    }

    public function set(string $token, $limit)
    {
        $this->token = $token;
        $this->limit = $limit;
        return $this->all();
    }

    public function all()
    {
        return [$this->token, $this->limit, $this->other, $this->hidden];
    }

    public function status()
    {
        $first = $this->client->chain('v3/certificates')->get()->getStatusCode();
        $this->client = $this->client;
        return $first + $this->client->chain('v3/certificates')->get()->getStatusCode();
    }
}

/** The property and the parameter have one name, and a method of the class makes the key. */
class Keyed
{
    private $key;

    public function __construct(string $key)
    {
        $this->key = $this->read($key);
    }

    private function read(string $key)
    {
        return Rsa::from($key, Rsa::KEY_TYPE_PRIVATE);
    }

    public function signed(string $text): string
    {
        return Rsa::sign($text, $this->key);
    }
}

class Above
{
    protected $second = 'none';

    public function __construct(protected ?string $first, $second)
    {
    }

    public function set($first)
    {
        $this->first = $first;
        return $this->all();
    }

    public function all()
    {
        return [$this->first ?? 'unset', $this->second];
    }
}

class Below extends Above
{
    public function __construct(string $first, string $second)
    {
        parent::__construct($first . $second, $second);
        $this->second = "{$first}!";
    }
}

/** Its constructor leaves the property alone. */
class Apart extends Above
{
    public function __construct(string $first, string $second)
    {
    }
}
