<?php
declare(strict_types=1);
/* @oracle {"runs": [
    {"calls": [{"new": "Kept", "call": "each", "args": [["5", ["a"], "x"]]}]},
    {"calls": [{"new": "Kept", "call": "each", "args": [["5", "a", "x"]]}]},
    {"calls": [{"new": "Kept", "call": "each", "args": [["x", ["a"], "x"]]}]},
    {"calls": [{"new": "Kept", "call": "each", "args": [[7.0, ["a"], 7]]}]},
    {"calls": [{"new": "Kept", "call": "each", "args": [[7, null, null]]}]},
    {"calls": [{"new": "Kept", "call": "each", "args": [[]]}]},
    {"calls": [{"new": "Kept", "call": "each", "args": ["text"]}]}
]} */

class Kept
{
    private array $list = [];
    private int $number = 0;
    private ?string $text = null;
    private ?array $maybe = null;

    public function each($given)
    {
        try {
            [$this->number, $this->list, $this->text] = $given;
            echo 'all';
        } catch (TypeError $e) {
            echo 'throws';
        }
        echo json_encode([$this->number, $this->list, $this->text]);
        try {
            [1 => $this->maybe, 2 => $this->text] = $given;
            echo 'keys';
        } catch (TypeError $e) {
            echo 'throws';
        }
        echo json_encode([$this->maybe, $this->text]);
        try {
            foreach ([[$given, 1], [$given, '2']] as [[, $this->list], $this->number]) {
                echo $this->number;
            }
        } catch (TypeError $e) {
            echo 'throws';
        }
        return [$this->number, $this->list, $this->text];
    }
}
