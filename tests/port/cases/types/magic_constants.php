<?php
/* @oracle {"answers": [], "calls": [{"new": "App\\Pay\\Magic", "with": ["@instance"], "call": "shown"}, {"function": "App\\Pay\\outer", "args": []}]} */

namespace App\Pay;

class Magic
{
    private const NAME = self::class;

    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function shown()
    {
        return [__METHOD__, __FUNCTION__, __CLASS__, __NAMESPACE__, __LINE__, self::class, self::NAME, Magic::class];
    }
}

function outer()
{
    return [__METHOD__, __FUNCTION__, __CLASS__, __LINE__];
}
