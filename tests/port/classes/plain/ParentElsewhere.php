<?php
/* @oracle {"answers": [{"ok": 1}], "calls": [{"new": "ParentElsewhere", "with": ["@instance"], "call": "describe", "args": ["x"]}]} */

class ParentElsewhere extends \Vendor\Base
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function describe(string $what): string
    {
        $this->client->chain('v3/certificates')->get();
        parent::describe($what);
        return 'own';
    }
}
