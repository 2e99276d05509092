<?php
/* @oracle {"answers": [{}], "calls": [{"new": "PartGivenBackByAStaticMethod", "with": ["@instance"], "call": "send", "args": ["{\"fee\":1,\"part\":{\"fee\":3}}"]}]} */

class PartGivenBackByAStaticMethod
{
    private $instance;
    private $kept;
    private $list = [];

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private static function first(array $list)
    {
        $first = $list[0] ?? null;
        return $first;
    }

    public function send($text)
    {
        $order = json_decode($text);
        $list = [$order];
        $first = self::first($list);
        $first->fee = 9;
        $this->instance->chain("v3/x")->post(["json" => $list]);
    }
}
