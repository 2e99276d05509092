<?php
/* @oracle {"answers": [{"n": 1}], "calls": [{"static": "Singleton::run", "args": ["@instance"]}]} */

class Singleton
{
    private static $self;
    private $client;

    private function __construct($client)
    {
        $this->client = $client;
    }

    public static function getInstance($client)
    {
        if (!self::$self) {
            self::$self = new self($client);
        }
        return self::$self;
    }

    public function n(): int
    {
        return json_decode((string) $this->client->chain('v3/certificates')->get()->getBody(), true)['n'];
    }

    public static function run($client): int
    {
        return self::getInstance($client)->n() + 1;
    }
}
