<?php
/* @oracle {"calls": [{"new": "P", "call": "run", "args": ["x"]}]} */

class P
{
    private array $log = [];

    public function run($x)
    {
        $data = ['cb' => function () use ($x) {
            return 'v' . $x;
        }];
        $this->log[] = $data['cb']();
        $this->log['k'] = $data['cb']();
        return $this->log;
    }
}
