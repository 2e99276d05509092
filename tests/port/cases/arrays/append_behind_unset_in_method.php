<?php
/* @oracle {"calls": [{"new": "Cart", "with": [["a", "b", "c"]], "call": "run", "args": []}]} */
class Cart
{
    private $items;
    public function __construct(array $items)
    {
        $this->items = $items;
    }
    private function drop(int $key)
    {
        unset($this->items[$key]);
    }
    private function add(string $item)
    {
        $this->items[] = $item;
    }
    public function run()
    {
        $this->drop(2);
        $this->add('d');
        return $this->items;
    }
}
