<?php
/* @oracle {"answers": [{}], "calls": [{"new": "KeptByAMethod", "with": ["@instance"], "call": "send", "args": ["{\"fee\":1,\"part\":{\"fee\":3}}"]}]} */

class KeptByAMethod
{
    private $instance;
    private $kept;
    private $list = [];

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private function keep($order)
    {
        $this->kept = $order;
    }

    public function send($text)
    {
        $order = json_decode($text);
        $this->keep($order);
        $order->fee = 9;
        $this->instance->chain("v3/x")->post(["json" => $this->kept]);
    }
}
