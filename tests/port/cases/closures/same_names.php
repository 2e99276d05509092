<?php
/* @oracle {"answers": [{"a": 1}],
 "calls": [{"new": "Signs", "with": ["@instance"], "call": "names", "args": [" a "]}, {"new": "Signs", "with": ["@instance"], "call": "kinds", "args": []}, {"new": "Below", "with": ["@instance"], "call": "run", "args": []}]} */

/** A method and a function of PHP of the same name, given to the same helper. */
class Signs
{
    public function __construct(protected \WeChatPay\BuilderChainable $api)
    {
    }

    public function names(string $text): string
    {
        return $this->apply([$this, 'trim'], $text) . '|' . $this->apply('trim', $text) . '|' . $this->apply([$this, 'trim'], 'c');
    }

    public function kinds(): string
    {
        return $this->kind([$this, 'one']) . $this->kind(fn () => 1) . $this->kind('pi');
    }

    public function run(): int
    {
        return $this->guarded(fn () => count(json_decode((string) $this->api->chain('v3/certificates')->get()->getBody(), true)));
    }

    protected function guarded(callable $work): int
    {
        return $work();
    }

    private function trim(string $text): string
    {
        return "own:$text";
    }

    private function one(): int
    {
        return 1;
    }

    private function apply(callable $change, string $text): string
    {
        return $change($text);
    }

    private function kind(callable $work): string
    {
        return ($work instanceof \Closure ? 'closure' : 'other') . (int) $work();
    }
}

class Below extends Signs
{
    public function run(): int
    {
        return parent::run() + 1;
    }
}
