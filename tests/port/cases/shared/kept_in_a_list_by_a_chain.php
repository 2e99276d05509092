<?php
/* @oracle {"answers": [{}], "calls": [{"new": "KeptInAListByAChain", "with": ["@instance"], "call": "send", "args": ["{\"fee\":1,\"part\":{\"fee\":3}}"]}]} */

class KeptInAListByAChain
{
    private $instance;
    private $kept;
    private $list = [];

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private function add($order)
    {
        $this->list[] = ["order" => $order];
        return $this;
    }

    private function again($order)
    {
        return $this->add($order)->add($order);
    }

    public function send($text)
    {
        $order = json_decode($text);
        $this->again($order);
        $order->fee = 9;
        $this->instance->chain("v3/x")->post(["json" => $this->list]);
    }
}
