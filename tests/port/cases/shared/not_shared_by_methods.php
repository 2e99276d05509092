<?php
/* @oracle {"answers": [{}, {}, {}], "runs": [
    {"calls": [{"new": "NotSharedByMethods", "with": ["@instance"], "call": "made", "args": ["{\"fee\":1}"]}]},
    {"calls": [{"new": "NotSharedByMethods", "with": ["@instance"], "call": "other_part", "args": ["{\"no\":\"A\",\"fee\":1}"]}]},
    {"calls": [{"new": "NotSharedByMethods", "with": ["@instance"], "call": "copied", "args": ["{\"fee\":1}"]}]}
]} */

class NotSharedByMethods
{
    private $instance;
    private $text;

    public function __construct($instance)
    {
        $this->instance = $instance;
    }

    private function make($text)
    {
        $this->text = $text;
        $order = json_decode($text);
        $order->made = true;
        return $order;
    }

    private function params($order)
    {
        return ['no' => $order->no, 'title' => strtoupper($order->no)];
    }

    private function fee($order): int
    {
        return $order->fee ?? 0;
    }

    private function copy($order)
    {
        return json_decode(json_encode($order));
    }

    public function made($text)
    {
        $order = $this->make($text);
        $order->fee = 2;
        $this->instance->chain('v3/x')->post(['json' => ['order' => $order, 'text' => $this->text]]);
    }

    public function other_part($text)
    {
        $order = json_decode($text);
        $params = $this->params($order);
        $fee = $this->fee($order);
        $order->status = 'PAID';
        $this->instance->chain('v3/x')->post(['json' => [$params, $fee, $order]]);
    }

    public function copied($text)
    {
        $order = json_decode($text);
        $copy = $this->copy($order);
        $copy->fee = 2;
        $this->instance->chain('v3/x')->post(['json' => [$copy, $order]]);
    }
}
