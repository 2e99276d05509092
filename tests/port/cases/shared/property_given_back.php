<?php
/* @oracle {"answers": [{}], "calls": [{"new": "PropertyGivenBack", "with": ["@instance"], "call": "send", "args": ["{\"fee\":1,\"part\":{\"fee\":3}}"]}]} */

class PropertyGivenBack
{
    private $instance;
    private $kept;
    private $list = [];

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private function load($text)
    {
        return $this->kept = json_decode($text);
    }

    public function send($text)
    {
        $order = $this->load($text);
        $order->fee = 9;
        $this->instance->chain("v3/x")->post(["json" => $this->kept]);
    }
}
