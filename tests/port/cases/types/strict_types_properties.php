<?php
declare(strict_types=1);
/* @oracle {"runs": [
    {"calls": [{"new": "P", "call": "all", "args": ["7"]}]},
    {"calls": [{"new": "P", "call": "all", "args": [7]}]},
    {"calls": [{"new": "P", "call": "all", "args": [7.0]}]},
    {"calls": [{"new": "P", "call": "all", "args": [true]}]}
]} */
class P
{
    private int $n = 0;
    private ?string $t = '';
    private float $f = 0;
    private function i(int $x)
    {
        return $x;
    }

    private static function st(string $x)
    {
        return $x;
    }

    private function n($x)
    {
        $this->n = $x;
        return $x;
    }

    private function t($x)
    {
        $this->t = $x;
        return $x;
    }

    private function f($x)
    {
        $this->f = $x;
        return $x;
    }

    private function op($x)
    {
        $this->n += $x;
        return $x;
    }

public function all($x)
{
    try {
        echo json_encode($this->i($x));
    } catch (TypeError $e) {
        echo 'i throws';
    }
    try {
        echo json_encode(self::st($x));
    } catch (TypeError $e) {
        echo 's throws';
    }
    try {
        echo json_encode($this->n($x));
    } catch (TypeError $e) {
        echo 'n throws';
    }
    try {
        echo json_encode($this->t($x));
    } catch (TypeError $e) {
        echo 't throws';
    }
    try {
        echo json_encode($this->f($x));
    } catch (TypeError $e) {
        echo 'f throws';
    }
    try {
        echo json_encode($this->op($x));
    } catch (TypeError $e) {
        echo 'f throws';
    }
}
}
