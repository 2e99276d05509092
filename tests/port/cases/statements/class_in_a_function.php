<?php
/* @oracle {"answers": [{}], "calls": [{"function": "init_gateway"}, {"new": "Gate", "with": ["@instance"], "call": "all", "args": ["x"]}]} */
function init_gateway()
{
    class Gate
    {
        const NAME = 'gate';

        private $client;

        public function __construct($client)
        {
            $this->client = $client;
        }

        public function all($text)
        {
            return [self::NAME . $text, Gate::class, $this->client->chain('v3/certificates')->get()->getStatusCode()];
        }
    }
}
