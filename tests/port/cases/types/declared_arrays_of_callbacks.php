<?php
/* @oracle {"runs": [
    {"calls": [{"function": "each_way", "args": ["text"]}]},
    {"calls": [{"function": "each_way", "args": [null]}]},
    {"calls": [{"function": "each_way", "args": [7]}]},
    {"calls": [{"function": "each_way", "args": [[{"fee": 3}, {"fee": 2}, {"none": 1}]]}]},
    {"calls": [{"function": "each_way", "args": [[{"fee": 3}, "text"]]}]},
    {"calls": [{"function": "each_way", "args": [[null, {"fee": 3}]]}]},
    {"calls": [{"function": "each_way", "args": [[]]}]},
    {"calls": [{"new": "Bills", "with": [["a"]], "call": "added", "args": ["b"]}]},
    {"calls": [{"new": "Bills", "with": [["a"]], "call": "added", "args": [["b"]]}]},
    {"calls": [{"new": "Bills", "with": [["a"]], "call": "add", "args": [["b"]]}]}
]} */

function held($items)
{
    $count = function (array $items) {
        return count($items);
    };
    return $count($items);
}

function maybe($items)
{
    $maybe = function (?array $items, array $more = []) {
        return $items === null ? 'none' : 'some';
    };
    return $maybe($items);
}

function fees($list)
{
    return array_map(fn (array $item) => $item['fee'] ?? 1, $list);
}

function with_fee($list)
{
    return array_filter($list, function (array $item) {
        return isset($item['fee']);
    });
}

function sorted($list)
{
    usort($list, fn (array $a, array $b) => ($a['fee'] ?? 0) <=> ($b['fee'] ?? 0));
    return $list;
}

function fee(array $item)
{
    return $item['fee'] ?? 1;
}

function by_name($list)
{
    return array_map('fee', $list);
}

function told($text)
{
    echo $text;
    return $text;
}

function first(array $items, string $second)
{
    return json_encode($items) . $second;
}

function joined(array ...$lists)
{
    return json_encode($lists);
}

class Bills
{
    private $bills;

    public function __construct(array $bills)
    {
        $this->bills = $bills;
    }

    public function add(array $bills)
    {
        $bills[] = 'more';
        return array_merge($this->bills, $bills);
    }

    public function added($bills)
    {
        try {
            return $this->add($bills);
        } catch (TypeError $e) {
            return 'no bills';
        }
    }
}

function done($way, $given)
{
    switch ($way) {
        case 'held':
            return held($given);
        case 'maybe':
            return maybe($given);
        case 'fees':
            return fees($given);
        case 'with_fee':
            return with_fee($given);
        case 'sorted':
            return sorted($given);
        case 'by_name':
            return by_name($given);
        case 'order':
            // PHP evaluates all arguments before it checks them.
            return first($given, told('evaluated'));
        case 'variadic':
            return joined([1], $given);
        default:
            return null;
    }
}

function each_way($given)
{
    foreach (['held', 'maybe', 'fees', 'with_fee', 'sorted', 'by_name', 'order', 'variadic'] as $way) {
        try {
            echo $way, json_encode(done($way, $given));
        } catch (TypeError $e) {
            echo $way, ' throws';
        }
    }
}
