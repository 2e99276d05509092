<?php
/* @oracle {"answers": [{}], "calls": [{"new": "GivenBackByAMethod", "with": ["@instance"], "call": "send", "args": ["{\"fee\":1,\"part\":{\"fee\":3}}"]}]} */

class GivenBackByAMethod
{
    private $instance;
    private $kept;
    private $list = [];

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private function same($order)
    {
        return $order;
    }

    public function send($text)
    {
        $order = json_decode($text);
        $same = $this->same($order);
        $same->fee = 9;
        $this->instance->chain("v3/x")->post(["json" => $order]);
    }
}
