<?php
/* @oracle {"runs": [
    {"calls": [{"new": "Log", "call": "each_kind", "args": ["text"]}]},
    {"calls": [{"new": "Log", "call": "each_kind", "args": [["a", "b"]]}]},
    {"calls": [{"new": "Log", "call": "each_kind", "args": [null]}]},
    {"calls": [{"new": "Log", "call": "each_kind", "args": [7]}]}
]} */

class Log
{
    private array $lines = [];
    private ?array $last = null;
    private array|null $first = [];

    public function set($lines)
    {
        $this->lines = $lines;
        return $this->lines;
    }

    public function set_missing($lines)
    {
        $this->first = null;
        $this->first ??= $lines;
        return $this->first;
    }

    public function set_nullable($lines)
    {
        $this->last = $lines;
        return $this->last;
    }

    public function set_named($lines)
    {
        foreach (['last', 'lines'] as $name) {
            $this->$name = $lines;
        }
        return [$this->lines, $this->last];
    }

    public function added($text)
    {
        $this->lines .= $text;
        return $this->lines;
    }

    public function counted($lines)
    {
        return $this->amount($lines);
    }

    public function each_kind($lines)
    {
        foreach (['set', 'set_missing', 'set_nullable', 'set_named', 'added', 'counted'] as $step) {
            try {
                switch ($step) {
                    case 'set':
                        echo json_encode($this->set($lines));
                        break;
                    case 'set_missing':
                        echo json_encode($this->set_missing($lines));
                        break;
                    case 'set_nullable':
                        echo json_encode($this->set_nullable($lines));
                        break;
                    case 'set_named':
                        echo json_encode($this->set_named($lines));
                        break;
                    case 'added':
                        echo json_encode($this->added('a'));
                        break;
                    default:
                        echo json_encode($this->counted($lines));
                }
            } catch (TypeError $e) {
                echo $step, ' throws';
            }
        }
    }

    private function amount(array $lines)
    {
        return json_encode($lines);
    }
}
