<?php
/* @oracle {"runs": [
    {"calls": [{"new": "Pushed", "call": "all", "args": [null]}]},
    {"calls": [{"new": "Pushed", "call": "all", "args": [["a"]]}]},
    {"calls": [{"new": "Pushed", "call": "all", "args": ["text"]}]},
    {"calls": [{"new": "Pushed", "call": "all", "args": [false]}]},
    {"calls": [{"new": "Pushed", "call": "all", "args": [{"k": 1}]}]}
]} */

class Pushed
{
    private ?array $list = null;

    public function all($given)
    {
        foreach (['one', 'several', 'none', 'spread', 'property', 'item'] as $way) {
            try {
                echo $way, json_encode($this->pushed($way, $given));
            } catch (TypeError $e) {
                echo $way, ' throws: ', $e->getMessage();
            }
        }
        $this->list = [];
        array_push($this->list, 1, 2);
        return $this->list;
    }

    private function pushed($way, $list)
    {
        $none = [];
        $some = [1, 2];
        $count = 0;
        switch ($way) {
            case 'one':
                $count = array_push($list, 1);
                break;
            case 'several':
                array_push($list, 1, 2);
                break;
            case 'none':
                array_push($list, ...$none);
                break;
            case 'spread':
                array_push($list, ...$some);
                break;
            case 'property':
                array_push($this->list, 1, 2);
                break;
            default:
                $all = ['list' => $list];
                array_push($all['list'], 'x');
                return $all;
        }
        return [$list, $count];
    }
}
