<?php
// Writes programs that use the PHP SDK, by a grammar and a seed, with the answers and failures that they are run with:
//
//     php generate.php SEED COUNT FOLDER
//
// The same seed gives the same programs. Every program ends, and none reads a variable that is not set.

declare(strict_types=1);

namespace Oracle;

final class Grammar
{
    private int $state;
    private int $names = 0;
    private int $budget = 0;
    /** @var list<array<string, string>> variables by name, with their kind, a table for each scope */
    private array $scopes = [[]];
    private int $loops = 0;
    private bool $inFunction = false;
    /** @var array<string, array{list<string>, string}> functions with the kinds of their parameters and result */
    private array $functions = [];
    private string $client = '$instance';
    private bool $helps = false;
    private bool $twice = false;

    public function __construct(int $seed)
    {
        $this->state = ($seed * 2654435761 + 1013904223) & 0x7fffffff;
        for ($i = 0; $i < 8; $i++) {
            $this->below(2);
        }
    }

    private function below(int $limit): int
    {
        // A linear congruential generator, as the C standard's example has it: its high bits are used.
        $this->state = ($this->state * 1103515245 + 12345) & 0x7fffffff;
        return intdiv($this->state, 65536) % max(1, $limit);
    }

    private function one(array $choices)
    {
        return $choices[$this->below(\count($choices))];
    }

    private function chance(int $percent): bool
    {
        return $this->below(100) < $percent;
    }

    /** The first comment and the program. */
    public function program(): string
    {
        $this->budget = 14;
        $shape = $this->one(['snippet', 'snippet', 'function', 'function', 'class']);
        $text = '';
        $helpers = $this->chance(30) ? $this->below(2) + 1 : 0;
        for ($i = 0; $i < $helpers; $i++) {
            $text .= $this->helper();
        }
        $calls = [];
        if ($shape === 'snippet') {
            $text .= $this->body(0);
        } elseif ($shape === 'function') {
            $text .= $this->entry('function go($client, int $amount, string $no, ?string $note = null)', 0);
            $calls = $this->calls(['function' => 'go']);
        } else {
            $text .= $this->classed();
            $calls = $this->calls(['new' => 'Service', 'with' => ['@instance', '1900000109'], 'call' => 'go']);
        }
        $runs = [];
        for ($i = 0; $i < 3; $i++) {
            $runs[] = ['answers' => $this->answers($i), 'calls' => $calls[$i] ?? []];
        }
        $flags = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE;
        return "<?php\n/* @oracle " . \json_encode(['runs' => $runs], $flags) . " */\n" . $text;
    }

    private function calls(array $entry): array
    {
        $made = [];
        $amounts = [100, 0, -1];
        foreach ($amounts as $amount) {
            $args = [$amount, $this->one(['N1', '', '0', '20240101', 'a/b c']), $this->one([null, 'note', ''])];
            $made[] = [$entry + ['args' => isset($entry['function']) ? ['@instance', ...$args] : $args]];
        }
        return $made;
    }

    /** The first run mostly succeeds, the others mostly fail somewhere. */
    private function answers(int $run): array
    {
        $made = [];
        for ($i = 0; $i < 12; $i++) {
            $made[] = $this->chance($run === 0 ? 8 : 40) ? $this->failure() : $this->answer();
        }
        return $made;
    }

    private function answer()
    {
        return [
            'n' => $this->one([0, 1, 2, 7, 100]),
            'state' => $this->one(['SUCCESS', 'NOTPAY', 'CLOSED', '']),
            'ok' => $this->chance(50),
            'text' => $this->one(['abc', '中文', 'a/b', '0', '12']),
            'list' => $this->one([[], [1], [3, 1, 2]]),
            'amount' => ['total' => $this->one([1, 250]), 'currency' => 'CNY'],
            'none' => null,
        ];
    }

    private function failure()
    {
        return $this->one([
            'timeout', 'connect', 'broken', 'badsign', 'html',
            [400, ['code' => 'PARAM_ERROR', 'message' => 'wrong']],
            [404, ['code' => 'ORDER_NOT_EXIST', 'message' => 'none']],
            [429, ['code' => 'FREQUENCY_LIMITED', 'message' => 'slow']],
            [500, ['code' => 'SYSTEM_ERROR', 'message' => 'later']],
        ]);
    }

    private function helper(): string
    {
        $name = 'help' . ++$this->names;
        $kinds = [$this->one(['int', 'string']), $this->one(['int', 'string'])];
        $result = $this->one(['int', 'string']);
        $this->push(['a' => $kinds[0], 'b' => $kinds[1]]);
        $this->inFunction = true;
        $guard = $this->chance(60)
            ? '    if (' . $this->bool(1) . ") {\n        return " . $this->value($result, 1) . ";\n    }\n"
            : '';
        $text = "function {$name}({$kinds[0]} \$a, {$kinds[1]} \$b): {$result}\n{\n{$guard}    return "
            . $this->value($result, 2) . ";\n}\n\n";
        $this->pop();
        $this->inFunction = false;
        $this->functions[$name] = [$kinds, $result];
        return $text;
    }

    private function entry(string $head, int $depth): string
    {
        $this->push(['amount' => 'int', 'no' => 'string']);
        $this->inFunction = true;
        $client = $this->client;
        if (\str_contains($head, '$client')) {
            $this->client = '$client';
        }
        $pad = \str_repeat('    ', $depth);
        $text = "{$pad}{$head}\n{$pad}{\n" . $this->body($depth + 1);
        if ($this->chance(60)) {
            $text .= "{$pad}    return " . $this->value($this->one(['int', 'string', 'list', 'map']), 2) . ";\n";
        }
        $this->client = $client;
        $this->inFunction = false;
        $this->pop();
        return $text . "{$pad}}\n";
    }

    private function classed(): string
    {
        $this->client = '$this->client';
        $constant = $this->one(["'CNY'", '7']);
        $text = '';
        [$uses, $own] = ['', ''];
        if ($this->chance(40)) {
            $this->push(['text' => 'string']);
            $text = "trait Helps\n{\n    private int \$helped = 1;\n\n    protected function help(string \$text): string\n    {\n"
                . "        \$this->helped++;\n        return \$text . \$this->helped . " . $this->string(1) . ";\n    }\n}\n\n";
            $this->pop();
            [$uses, $this->helps] = ["    use Helps;\n\n", true];
        }
        if ($this->chance(40)) {
            $this->push(['number' => 'int']);
            $own = "\n    private static function twice(int \$number): int\n    {\n        return " . $this->int(2) . " * 2;\n    }\n";
            $this->pop();
            $this->twice = true;
        }
        $text .= "class Service\n{\n{$uses}    private const SETTING = {$constant};\n\n    private \$client;\n    private string \$mchid;\n"
            . "    private int \$count = 0;\n    private array \$seen = [];\n\n    public function __construct(\$client, string \$mchid)\n    {\n"
            . "        \$this->client = \$client;\n        \$this->mchid = \$mchid;\n    }\n\n";
        $text .= $this->entry('public function go(int $amount, string $no, ?string $note = null)', 1);
        $this->push(['text' => 'string', 'times' => 'int']);
        $this->inFunction = true;
        $guard = $this->bool(1);
        $value = $this->string(2);
        $this->pop();
        $this->inFunction = false;
        return $text . "\n    private function marked(string \$text, int \$times): string\n    {\n        if ({$guard}) {\n"
            . "            \$this->count--;\n        }\n        return {$value};\n    }\n{$own}}\n";
    }

    private function push(array $variables = []): void
    {
        $this->scopes[] = $variables;
    }

    private function pop(): void
    {
        \array_pop($this->scopes);
    }

    private function known(string $kind): array
    {
        return \array_keys(\array_filter($this->scopes[\count($this->scopes) - 1], static fn ($known) => $known === $kind));
    }

    private function declare(string $kind): string
    {
        $name = 'v' . ++$this->names;
        $this->scopes[\count($this->scopes) - 1][$name] = $kind;
        return $name;
    }

    private function body(int $depth): string
    {
        $text = '';
        foreach (['int', 'string', 'list', 'map'] as $kind) {
            $value = $this->value($kind, 1);
            $text .= $this->line($depth, '$' . $this->declare($kind) . " = {$value};");
        }
        $text .= $this->block($depth, 3 + $this->below(4));
        foreach (['int', 'string', 'list', 'map'] as $kind) {
            $name = $this->one($this->known($kind));
            $text .= $this->line($depth, \in_array($kind, ['int', 'string'], true)
                ? "echo \${$name}, \"|\";"
                : "echo json_encode(\${$name});");
        }
        return $text;
    }

    private function line(int $depth, string $text): string
    {
        return \str_repeat('    ', $depth) . $text . "\n";
    }

    /** Statements; what they declare is known in them alone. */
    private function block(int $depth, int $count): string
    {
        $known = $this->scopes[\count($this->scopes) - 1];
        $text = '';
        for ($i = 0; $i < $count; $i++) {
            $text .= $this->statement($depth, $i === $count - 1);
        }
        $this->scopes[\count($this->scopes) - 1] = $known;
        return $text;
    }

    private function statement(int $depth, bool $last): string
    {
        $this->budget--;
        $simple = ['assign', 'assign', 'call', 'call', 'echo', 'compound', 'append', 'member'];
        $simple = [...$simple, 'unpack', 'missing', 'sort', 'property'];
        $deep = [
            'if', 'if', 'foreach', 'map', 'for', 'while', 'try', 'try', 'try', 'switch', 'async', 'closure',
            'doWhile', 'kept', 'waited', 'own',
        ];
        if ($last && $depth > 1) {
            $simple[] = 'leave';
        }
        $kind = $this->one($this->budget > 0 && $depth < 5 ? [...$simple, ...$deep] : $simple);
        return $this->{"make" . \ucfirst($kind)}($depth);
    }

    private function makeAssign(int $depth): string
    {
        $kind = $this->one(['int', 'int', 'string', 'string', 'list', 'map']);
        $value = $this->value($kind, 2);
        $known = $this->known($kind);
        $name = $known !== [] && $this->chance(60) ? $this->one($known) : $this->declare($kind);
        return $this->line($depth, "\${$name} = {$value};");
    }

    private function makeCompound(int $depth): string
    {
        $kind = $this->one(['int', 'string']);
        $known = $this->known($kind);
        if ($known === []) {
            return $this->makeAssign($depth);
        }
        $operator = $kind === 'int' ? $this->one(['+=', '-=']) : '.=';
        return $this->line($depth, '$' . $this->one($known) . " {$operator} " . $this->value($kind, 1) . ';');
    }

    private function makeAppend(int $depth): string
    {
        $known = $this->known('list');
        return $known === []
            ? $this->makeAssign($depth)
            : $this->line($depth, '$' . $this->one($known) . '[] = ' . $this->value('int', 1) . ';');
    }

    private function makeMember(int $depth): string
    {
        $known = $this->known('map');
        if ($known === []) {
            return $this->makeAssign($depth);
        }
        $key = $this->one(["['a']", "['b']", "['deep']['x']", "['mchid']"]);
        $target = $this->one($known);
        return $this->chance(80)
            ? $this->line($depth, "\${$target}{$key} = " . $this->value($this->one(['int', 'string']), 1) . ';')
            : $this->line($depth, "\${$target} += ['a' => " . $this->value('int', 1) . ", 'new' => 1];");
    }

    private function makeEcho(int $depth): string
    {
        return $this->line($depth, 'echo ' . $this->value($this->one(['int', 'string']), 2) . ", ' ';");
    }

    /** A call, and mostly what its answer says. */
    private function makeCall(int $depth): string
    {
        $call = $this->request($this->one(['get', 'post']));
        if ($this->chance(30)) {
            return $this->line($depth, "{$call};");
        }
        $data = $this->declare('data');
        $text = $this->line($depth, "\${$data} = json_decode((string) {$call}->getBody(), true);");
        if ($this->chance(50)) {
            $text .= $this->line($depth, "echo \${$data}['state'] ?? 'none', ' ';");
        }
        return $text;
    }

    private function request(string $verb): string
    {
        [$client, $async] = [$this->client, ''];
        if (\str_ends_with($verb, 'Async')) {
            [$verb, $async] = [\substr($verb, 0, -5), 'Async'];
        }
        if ($verb === 'get') {
            $no = $this->one(["'N1'", "'20240101'"]);
            $query = "'query' => ['mchid' => '1900000109'"
                . ($this->chance(30) ? ", 'limit' => " . $this->value('int', 1) : '') . ']';
            return match ($this->below(4)) {
                0 => "{$client}->v3->pay->transactions->outTradeNo->_out_trade_no_->get{$async}(['out_trade_no' => {$no}, {$query}])",
                1 => "{$client}['v3/pay/transactions/id/{transaction_id}']->get{$async}(['transaction_id' => {$no}, {$query}])",
                2 => "{$client}->chain('v3/refund/domestic/refunds/{out_refund_no}')->get{$async}(['out_refund_no' => {$no}])",
                default => "{$client}->chain('v3/certificates')->get{$async}()",
            };
        }
        $json = $this->chance(40) && $this->known('map') !== []
            ? '$' . $this->one($this->known('map'))
            : "['out_trade_no' => " . $this->value('string', 1) . ", 'amount' => ['total' => " . $this->value('int', 1) . ']]';
        $counted = $async === '' ? $this->known('int') : [];
        if ($counted !== [] && $this->chance(15)) {
            $number = '$' . $this->one($counted);
            return "{$client}->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => 'N' . {$number}++, "
                . "'json' => ['total' => {$number}]])";
        }
        return match ($this->below(3)) {
            0 => "{$client}->v3->refund->domestic->refunds->post{$async}(['json' => {$json}])",
            1 => "{$client}->chain('v3/refund/domestic/refunds')->post{$async}(['json' => {$json}])",
            default => "{$client}->chain('v3/pay/transactions/out-trade-no/{no}/close')->post{$async}"
                . "(['no' => 'N1', 'json' => ['mchid' => '1900000109']])",
        };
    }

    private function makeIf(int $depth): string
    {
        $text = $this->line($depth, 'if (' . $this->bool(2) . ') {') . $this->block($depth + 1, 1 + $this->below(3));
        if ($this->chance(25)) {
            $text .= $this->line($depth, '} elseif (' . $this->bool(1) . ') {') . $this->block($depth + 1, 1 + $this->below(2));
        }
        if ($this->chance(50)) {
            $text .= $this->line($depth, '} else {') . $this->block($depth + 1, 1 + $this->below(2));
        }
        return $text . $this->line($depth, '}');
    }

    private function loop(int $depth, string $head, array $variables): string
    {
        $known = $this->scopes[\count($this->scopes) - 1];
        foreach ($variables as $name => $kind) {
            $this->scopes[\count($this->scopes) - 1][$name] = $kind;
        }
        $this->loops++;
        $text = $this->line($depth, $head) . $this->block($depth + 1, 1 + $this->below(3));
        $this->loops--;
        $this->scopes[\count($this->scopes) - 1] = $known;
        return $text . $this->line($depth, '}');
    }

    /** A map to encode. In a loop its text may become a part of the map, which then doubles in each turn. */
    private function encoded(): string
    {
        return $this->loops > 0 ? $this->one(["['x' => 1, 'y' => '中']", "['a' => null]"]) : $this->map(0);
    }

    /** A variable that a statement sets: one that has a value, or a new one. */
    private function seen(string $kind): string
    {
        $known = $this->known($kind);
        return $known !== [] && $this->chance(40) ? $this->one($known) : 'v' . ++$this->names;
    }

    private function makeForeach(int $depth): string
    {
        $over = $this->value('list', 1);
        $name = $this->seen('int');
        return $this->loop($depth, "foreach ({$over} as \${$name}) {", [$name => 'int']);
    }

    private function makeMap(int $depth): string
    {
        [$key, $value] = [$this->seen('string'), $this->seen('int')];
        $over = $this->one(["['x' => 1, 'y' => 2]", "['a' => 5]", "['n1' => 100, 'n2' => 0]"]);
        return $this->loop($depth, "foreach ({$over} as \${$key} => \${$value}) {", [$key => 'string', $value => 'int']);
    }

    private function makeFor(int $depth): string
    {
        $name = 'i' . ++$this->names;
        $count = 1 + $this->below(3);
        return $this->loop($depth, "for (\${$name} = 0; \${$name} < {$count}; \${$name}++) {", [$name => 'counter']);
    }

    private function makeWhile(int $depth): string
    {
        $name = 'i' . ++$this->names;
        return $this->line($depth, "\${$name} = 0;")
            . $this->loop($depth, "while (\${$name}++ < " . (1 + $this->below(3)) . ') {', [$name => 'counter']);
    }

    private function makeTry(int $depth): string
    {
        $shared = $this->chance(25) ? 'e' . ++$this->names : null;
        $text = $shared === null ? '' : $this->line($depth, "\${$shared} = null;");
        $text .= $this->line($depth, 'try {') . $this->block($depth + 1, 1 + $this->below(3));
        $classes = [
            '\GuzzleHttp\Exception\ClientException', '\GuzzleHttp\Exception\ServerException',
            '\GuzzleHttp\Exception\ConnectException', '\GuzzleHttp\Exception\RequestException',
            '\GuzzleHttp\Exception\BadResponseException', '\RuntimeException', '\InvalidArgumentException',
            '\Exception', '\Throwable', '\DomainException',
        ];
        $finally = $this->chance($this->loops > 0 ? 40 : 20);
        $count = $finally ? $this->below(3) : 1 + $this->below(2);
        for ($i = 0; $i < $count; $i++) {
            $class = $this->one($classes);
            if ($this->chance(10)) {
                $class .= ' | ' . $this->one($classes);
            }
            $name = $shared ?? 'e' . ++$this->names;
            $text .= $this->line($depth, "} catch ({$class} \${$name}) {");
            $text .= $this->line($depth + 1, $this->one([
                "echo 'caught{$this->names} ';", "echo \${$name}->getCode(), ' ';",
                "echo \${$name} instanceof \\GuzzleHttp\\Exception\\ConnectException ? 'unknown ' : 'refused ';",
                "echo get_class(\${$name}), ' ';",
            ]));
            $text .= $this->block($depth + 1, $this->below(3));
            if ($this->chance(10)) {
                $text .= $this->line($depth + 1, "throw \${$name};");
            }
        }
        if ($finally) {
            $text .= $this->line($depth, '} finally {') . $this->line($depth + 1, "echo 'finally ';");
            if ($this->chance(40)) {
                // No jump leaves it.
                [$loops, $this->loops] = [$this->loops, 0];
                $text .= $this->block($depth + 1, 1 + $this->below(2));
                $this->loops = $loops;
            }
        }
        $text .= $this->line($depth, '}');
        return $shared === null ? $text : $text . $this->line($depth, "echo \${$shared} === null ? 'none ' : \${$shared}->getCode() . ' ';");
    }

    private function makeSwitch(int $depth): string
    {
        $kind = $this->one(['int', 'string']);
        $cases = $kind === 'int' ? ['0', '1', '100'] : ["'SUCCESS'", "'NOTPAY'", "''"];
        if ($this->chance(30)) {
            $cases = $this->one([["'0'", 'null', "'a'"], ['0', "''", 'true'], ["'1.0'", "'abc'", 'false']]);
        }
        $text = $this->line($depth, 'switch (' . $this->value($kind, 1) . ') {');
        foreach ($cases as $case) {
            $text .= $this->line($depth + 1, "case {$case}:");
            if ($this->chance(75)) {
                $text .= $this->block($depth + 2, 1) . ($this->chance(80) ? $this->line($depth + 2, 'break;') : '');
            }
        }
        return $text . $this->line($depth + 1, 'default:') . $this->block($depth + 2, 1) . $this->line($depth, '}');
    }

    private function makeAsync(int $depth): string
    {
        $text = $this->line($depth, $this->request($this->one(['getAsync', 'postAsync'])));
        $links = 1 + $this->below(3);
        for ($i = 0; $i < $links; $i++) {
            $name = 'v' . ++$this->names;
            [$method, $shown] = $this->chance(55)
                ? ['then', "echo 'then{$this->names} ';"]
                : ['otherwise', "echo 'otherwise{$this->names} ';"];
            $use = $this->known('int');
            $used = $use !== [] && $this->chance(40) ? $this->one($use) : null;
            $text .= $this->line($depth, "->{$method}(function (\${$name})" . ($used === null ? '' : " use (\${$used})") . ' {');
            $text .= $this->line($depth + 1, $shown);
            if ($used !== null) {
                $text .= $this->line($depth + 1, "if (\${$used} > 1) {");
                $text .= $this->line($depth + 2, 'return' . ($this->chance(50) ? " \${$used}" : '') . ';');
                $text .= $this->line($depth + 1, '}');
            }
            if ($used === null && $this->client === '$this->client' && $this->chance(20)) {
                $text .= $this->line($depth + 1, 'return ' . $this->request('getAsync') . $this->one([
                    ';', '->then(fn ($r) => $r->getStatusCode());', "->otherwise(function (\$e) { echo 'inner '; });",
                ]));
            } elseif ($this->chance(15)) {
                $text .= $this->line($depth + 1, "throw new \\DomainException('from {$method}');");
            } elseif ($this->chance(40)) {
                $text .= $this->line($depth + 1, "return \${$name};");
            }
            $text .= $this->line($depth, '})');
        }
        return $text . $this->line($depth, $this->chance(88) ? '->wait();' : ';');
    }

    private function makeClosure(int $depth): string
    {
        $name = 'f' . ++$this->names;
        $use = $this->known('int');
        $used = $use === [] ? null : $this->one($use);
        $inner = 'v' . ++$this->names;
        $text = $this->line($depth, "\${$name} = function (int \${$inner})" . ($used === null ? '' : " use (\${$used})") . ' {');
        $text .= $this->line($depth + 1, "return \${$inner} * 2 + " . ($used === null ? '1' : "\${$used}") . ';');
        $text .= $this->line($depth, '};');
        return $text . $this->line($depth, "echo \${$name}(" . $this->below(5) . "), ' ';");
    }

    private function makeUnpack(int $depth): string
    {
        [$one, $other] = [$this->int(1), $this->string(1)];
        [$first, $second] = [$this->declare('int'), $this->declare('string')];
        return $this->one([
            $this->line($depth, "[\${$first}, \${$second}] = [{$one}, {$other}];"),
            $this->line($depth, "['a' => \${$first}, 'b' => \${$second}] = ['b' => {$other}, 'a' => {$one}];"),
        ]);
    }

    /** `??=` */
    private function makeMissing(int $depth): string
    {
        $known = $this->known('map');
        if ($known === []) {
            return $this->makeAssign($depth);
        }
        $key = $this->one(["['a']", "['other']", "['deep']['z']"]);
        return $this->line($depth, '$' . $this->one($known) . "{$key} ??= " . $this->value($this->one(['int', 'string']), 1) . ';');
    }

    private function makeSort(int $depth): string
    {
        $known = $this->known('list');
        if ($known === []) {
            return $this->makeAssign($depth);
        }
        $name = $this->one($known);
        return $this->line($depth, $this->one([
            "sort(\${$name});", "rsort(\${$name});", "usort(\${$name}, fn (\$a, \$b) => \$b <=> \$a);",
            "usort(\${$name}, function (\$a, \$b) { return \$a - \$b; });",
        ]));
    }

    /** What the object holds changes, and is sent. */
    private function makeProperty(int $depth): string
    {
        if ($this->client !== '$this->client') {
            return $this->makeEcho($depth);
        }
        $calls = [
            ...($this->helps ? ['echo $this->help(' . $this->string(0) . "), ' ';"] : []),
            ...($this->twice ? ['echo self::twice(' . $this->int(0) . "), ' ';"] : []),
        ];
        return $this->line($depth, $this->one([
            ...$calls,
            '$this->count++;', '$this->count += ' . $this->int(0) . ';', '$this->seen[] = ' . $this->string(0) . ';',
            "\$this->seen['last'] = " . $this->int(1) . ';', '$this->mchid .= ' . $this->string(0) . ';',
            "echo \$this->count, '-', \$this->mchid, ' ';", 'echo json_encode($this->seen);',
            "echo self::SETTING, \$this->marked(" . $this->string(0) . ", \$this->count), ' ';",
        ]));
    }

    private function makeDoWhile(int $depth): string
    {
        $name = 'i' . ++$this->names;
        $text = $this->line($depth, "\${$name} = 0;") . $this->loop($depth, 'do {', [$name => 'counter']);
        return \substr($text, 0, -1) . " while (++\${$name} < " . (1 + $this->below(3)) . ");\n";
    }

    /** A promise that a variable holds, and is waited for behind other statements. */
    private function makeKept(int $depth): string
    {
        $name = 'p' . ++$this->names;
        $handler = 'r' . ++$this->names;
        $text = $this->line($depth, "\${$name} = " . $this->request($this->one(['getAsync', 'postAsync'])) . $this->one([
            ';', "->then(function (\${$handler}) { echo 'then '; return \${$handler}; });",
            "->otherwise(function (\${$handler}) { echo 'otherwise '; });",
        ]));
        $text .= $this->makeAssign($depth) . $this->makeEcho($depth);
        return $text . $this->line($depth, "\${$name}->wait();");
    }

    /** What a promise comes to. */
    private function makeWaited(int $depth): string
    {
        [$name, $handler, $failure] = ['w' . ++$this->names, 'r' . ++$this->names, 'e' . ++$this->names];
        $text = $this->line($depth, "\${$name} = " . $this->request($this->one(['getAsync', 'postAsync'])));
        $text .= $this->line($depth, "->then(function (\${$handler}) {");
        $text .= $this->line($depth + 1, 'return ' . $this->one([
            "json_decode((string) \${$handler}->getBody(), true);", "\${$handler}->getStatusCode();", "'text';",
        ]));
        $text .= $this->line($depth, '})');
        if ($this->chance(70)) {
            $text .= $this->line($depth, "->otherwise(function (\${$failure}) {");
            $text .= $this->line($depth + 1, $this->one([
                'return null;', "return ['failed' => get_class(\${$failure})];", "return \${$failure}->getCode();",
                "echo 'failed ';", "throw \${$failure};",
            ]));
            $text .= $this->line($depth, '})');
        }
        return $text . $this->line($depth, $this->one(['->wait();', '->wait(true);']))
            . $this->line($depth, "echo json_encode(\${$name}), ' ';");
    }

    /** An exception of the program's own. */
    private function makeOwn(int $depth): string
    {
        [$name, $inner] = ['e' . ++$this->names, 'e' . ++$this->names];
        $code = $this->below(3);
        $text = $this->line($depth, 'try {') . $this->line($depth + 1, 'try {')
            . $this->line($depth + 2, 'if (' . $this->bool(1) . ') {')
            . $this->line($depth + 3, "throw new \\LogicException('own ' . " . $this->string(0) . ", {$code});")
            . $this->line($depth + 2, '}') . $this->block($depth + 2, 1 + $this->below(2))
            . $this->line($depth + 1, "} catch (\\LogicException \${$inner}) {")
            . $this->line($depth + 2, "throw new \\RuntimeException('again ' . \${$inner}->getMessage(), 7, \${$inner});")
            . $this->line($depth + 1, '}');
        $shown = $this->one(["\${$name}->getMessage()", "\${$name}->getPrevious() === null ? 'none' : 'some'", "\${$name}->getCode()"]);
        // The messages of Guzzle are worded in another way.
        $own = "get_class(\${$name}) === 'RuntimeException'";
        return $text . $this->line($depth, "} catch (\\RuntimeException \${$name}) {")
            . $this->line($depth + 1, "echo {$own} ? ({$shown}) : 'other', ' ';") . $this->line($depth, '}');
    }

    private function makeLeave(int $depth): string
    {
        $choices = ['return;', "throw new \\RuntimeException('left {$this->names}');", 'return;'];
        if ($this->inFunction) {
            $choices = ['return ' . $this->value($this->one(['int', 'string', 'map']), 1) . ';', 'return null;', $choices[1]];
        }
        if ($this->loops > 0) {
            $choices = [...$choices, 'break;', 'continue;', 'break;', 'continue;'];
        }
        return $this->line($depth, $this->one($choices));
    }

    private function value(string $kind, int $depth): string
    {
        return match ($kind) {
            'int' => $this->int($depth),
            'string' => $this->string($depth),
            'list' => $this->list($depth),
            default => $this->map($depth),
        };
    }

    private function int(int $depth): string
    {
        $plain = [(string) $this->one([0, 1, 2, 5, 10, 100, 2000000000])];
        foreach ([...$this->known('int'), ...$this->known('counter')] as $name) {
            $plain[] = "\${$name}";
        }
        foreach ($this->known('data') as $name) {
            $plain[] = "(int) (\${$name}['n'] ?? 3)";
            $plain[] = "(int) (\${$name}['amount']['total'] ?? 0)";
        }
        if ($depth <= 0) {
            return $this->one($plain);
        }
        $made = [
            ...$plain,
            $this->int($depth - 1) . ' + ' . $this->int($depth - 1),
            '(' . $this->int($depth - 1) . ' - ' . $this->int(0) . ')',
            $this->int(0) . ' * ' . $this->one(['2', '3', '100']),
            $this->int(0) . ' % ' . $this->one(['3', '7']),
            'intdiv(' . $this->int(0) . ', ' . $this->one(['2', '3']) . ')',
            'strlen(' . $this->string(0) . ')',
            'count(' . $this->list(0) . ')',
            '(int) ' . $this->one(["'12abc'", "'7'", "''", '2.9', '-2.9', "'1e2'", 'true']),
            'max(' . $this->int(0) . ', ' . $this->int(0) . ')',
            'abs(' . $this->int(0) . ')',
            'array_sum(' . $this->list(0) . ')',
            'match (true) { ' . $this->bool(0) . ' => ' . $this->int(0) . ', default => ' . $this->int(0) . ' }',
            '(int) (' . $this->int(0) . ' / ' . $this->one(['2', '3', '0.5']) . ')',
            '(' . $this->int(0) . ' <=> ' . $this->int(0) . ')',
            '(' . $this->string(0) . ' <=> ' . $this->one([$this->string(0), $this->int(0), 'null']) . ')',
            '(int) (' . $this->one(['19.99', "'0.29'", "'64.1'", '8.7']) . ' * 100)',
            'intval(' . $this->one(["'12abc'", "' 7'", "'1e3'", "'0x1A'", '4.35 * 100', 'null', "'-0'"]) . ')',
            '(int) number_format(' . $this->one(['1234.5', '0.4', '-2.5']) . ", 0, '', '')",
            '(int) (' . $this->loose(0) . ')',
            'count(array_filter(' . $this->list(0) . '))',
            'count(explode(' . $this->one(["','", "'b'"]) . ', ' . $this->string(0) . '))',
            'mb_strlen(' . $this->string(0) . ')',
            '(int) array_search(' . $this->int(0) . ', ' . $this->list(0) . ')',
            'max([' . $this->int(0) . ', ' . $this->int(0) . '])',
            '(int) bindec(decbin(abs(' . $this->int(0) . ')))',
            '(strcmp(' . $this->string(0) . ', ' . $this->string(0) . ') <=> 0)',
            '(' . $this->int(0) . ' ?: ' . $this->int(0) . ')',
            '(int) strpos(' . $this->string(0) . ", 'b')",
            '(int) round(' . $this->one(['1.005', '2.5', '19.99']) . ' * 100)',
            '(' . $this->bool(0) . ' ? ' . $this->int(0) . ' : ' . $this->int(0) . ')',
        ];
        foreach ($this->functions as $name => [$kinds, $result]) {
            if ($result === 'int') {
                $made[] = "{$name}(" . $this->value($kinds[0], 0) . ', ' . $this->value($kinds[1], 0) . ')';
            }
        }
        return $this->one($made);
    }

    private function string(int $depth): string
    {
        $plain = [$this->one(["'abc'", "'SUCCESS'", "''", "'0'", "'中文/x'", "'a b&c'", '"q\"\n"', "'1.50'"])];
        foreach ($this->known('string') as $name) {
            $plain[] = "\${$name}";
        }
        foreach ($this->known('data') as $name) {
            $plain[] = "(string) (\${$name}['text'] ?? 'none')";
        }
        if ($depth <= 0) {
            return $this->one($plain);
        }
        $known = [...$this->known('string'), ...$this->known('int')];
        $made = [
            ...$plain,
            $this->string($depth - 1) . ' . ' . $this->string($depth - 1),
            $this->string(0) . ' . ' . $this->one(['1', "'x'"]),
            'strtoupper(' . $this->string(0) . ')',
            'trim(' . $this->string(0) . ", 'a')",
            'str_pad(' . $this->one(["'7'", "'abc'"]) . ", 5, '0', STR_PAD_LEFT)",
            "sprintf('%s-%03d', " . $this->string(0) . ', ' . $this->int(0) . ')',
            "implode(',', " . $this->list(0) . ')',
            'json_encode(' . $this->encoded() . ')',
            'json_encode(' . $this->encoded() . ', JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES)',
            "str_replace('a', 'b', " . $this->string(0) . ')',
            "substr('abcdef', " . $this->one(['1', '-2', '0, 3', '1, -1', '9']) . ')',
            '(string) ' . $this->one(['1.0', '0.1', '1e15', 'true', '12']),
            'md5(' . $this->string(0) . ')',
            'ucfirst(strtolower(' . $this->string(0) . '))',
            'str_repeat(' . $this->string(0) . ', ' . $this->one(['0', '2']) . ')',
            "implode('-', explode('b', " . $this->string(0) . '))',
            "implode('|', array_map('strtoupper', ['a', " . $this->string(0) . ']))',
            'match (' . $this->int(0) . ") { 0 => 'zero', 1, 2 => " . $this->string(0) . ", default => 'many' }",
            'rawurlencode(' . $this->string(0) . ')',
            'http_build_query(' . $this->map(0) . ')',
            'gettype(' . $this->value($this->one(['int', 'string', 'list']), 0) . ')',
            'var_export(' . $this->bool(0) . ', true)',
            'number_format(' . $this->one(['1234.5', '0.005', '99', $this->int(0) . ' / 100']) . ', 2)',
            'number_format(' . $this->int(0) . " / 100, 2, '.', '')",
            '(string) (' . $this->int(0) . ' / ' . $this->one(['100', '8', '3']) . ')',
            "sprintf('%05.1f|%-4d|%x|%\\'*6s', " . $this->one(['2.25', '-0.04', '99.95']) . ', ' . $this->int(0) . ", 255, 'ab')",
            "sprintf('%.2f', " . $this->int(0) . ' / 3)',
            'mb_substr(' . $this->string(0) . ', ' . $this->one(['0, 2', '-2', '1, -1', '5']) . ')',
            'ucwords(' . $this->one(["'a bc d'", $this->string(0)]) . ')',
            $this->one(['ltrim', 'rtrim', 'trim']) . '(' . $this->string(0) . ', ' . $this->one(["'a'", "'&'", "' 0'"]) . ')',
            "implode(',', array_keys(" . $this->map(0) . '))',
            'json_encode(' . $this->one([$this->list(0), '[1.0, 0.1 + 0.2, 1e25]', "['a' => []]", "[3 => 'x']"]) . ')',
            'json_encode(' . $this->encoded() . ', JSON_PRETTY_PRINT)',
            'htmlspecialchars(' . $this->string(0) . ')',
            'bin2hex(' . $this->string(0) . ')',
            'base64_encode(' . $this->string(0) . ')',
            "(explode(',', " . $this->one(["'a,b,,c'", "'x'", "''"]) . ')[' . $this->below(3) . "] ?? 'none')",
            "str_replace(['a', 'b'], ['b', 'c'], " . $this->string(0) . ')',
            'strrev(' . $this->one(["'abc'", "'1.50'"]) . ')',
            '(' . $this->string(0) . ' ?: ' . $this->string(0) . ')',
            'urlencode(' . $this->string(0) . ')',
            'var_export(' . $this->loose(0) . ', true)',
            '(' . $this->bool(0) . ' ? ' . $this->string(0) . ' : ' . $this->string(0) . ')',
        ];
        if ($known !== []) {
            $name = $this->one($known);
            $made[] = "\"<{\${$name}}>\"";
            $made[] = "\"no \${$name}!\"";
        }
        return $this->one($made);
    }

    private function list(int $depth): string
    {
        $plain = [$this->one(['[1, 2, 3]', '[]', '[5]', '[2, 2]'])];
        foreach ($this->known('list') as $name) {
            $plain[] = "\${$name}";
        }
        if ($depth <= 0) {
            return $this->one($plain);
        }
        return $this->one([
            ...$plain,
            '[' . $this->int(0) . ', ' . $this->int(0) . ']',
            'array_merge(' . $this->list(0) . ', ' . $this->list(0) . ')',
            'array_reverse(' . $this->list(0) . ')',
            'array_slice(' . $this->list(0) . ', 1)',
            'array_values(array_filter(' . $this->list(0) . '))',
            'array_map(fn ($n) => $n + ' . $this->int(0) . ', ' . $this->list(0) . ')',
            'array_map(function ($n) { return $n * 2; }, ' . $this->list(0) . ')',
            "array_map('abs', " . $this->list(0) . ')',
            'array_values(array_filter(' . $this->list(0) . ', fn ($n) => $n % 2))',
            'array_unique(' . $this->list(0) . ')',
            'array_slice(' . $this->list(0) . ', -2, 1)',
            'array_fill(0, ' . $this->below(3) . ', ' . $this->int(0) . ')',
            'range(1, ' . $this->one(['1', '3']) . ')',
            'array_values(array_diff(' . $this->list(0) . ', ' . $this->list(0) . '))',
            "array_map('intval', explode(',', " . $this->one(["'1,2,x'", "''", "'3'"]) . '))',
            'array_values(array_map(fn ($v) => (int) $v, ' . $this->map(0) . ' + [1]))',
            '(' . $this->list(0) . ' ?: [7])',
            'array_merge([], ' . $this->list(0) . ')',
            '[...' . $this->list(0) . ', ' . $this->int(0) . ']',
            'array_column([[' . "'x' => " . $this->int(0) . "], ['x' => 2], ['y' => 3]], 'x')",
        ]);
    }

    private function map(int $depth): string
    {
        $plain = [$this->one([
            "['a' => 1]", "['mchid' => '1900000109', 'url' => 'https://e.com/x']", "['b' => '中', 'a' => null]",
            "['deep' => ['x' => 1.5, 'y' => [1, 2]]]",
        ])];
        foreach ($this->known('map') as $name) {
            $plain[] = "\${$name}";
        }
        if ($depth <= 0) {
            return $this->one($plain);
        }
        return $this->one([
            ...$plain,
            "['a' => " . $this->int(0) . ", 'b' => " . $this->string(0) . ']',
            "['list' => " . $this->list(0) . ", 'flag' => " . $this->bool(0) . ']',
            $this->map(0) . " + ['a' => 9, 'z' => " . $this->int(0) . ']',
            "['k' => 1] + array_flip(['x', 'y'])",
            "['1' => " . $this->int(0) . ", '01' => 2, true => 3, 1.7 => 4, null => 5]",
            'array_replace(' . $this->map(0) . ", ['b' => " . $this->string(0) . '])',
            "['a' => " . $this->int(0) . ', ...' . $this->map(0) . ']',
            'array_combine([' . "'p', 'q'], [" . $this->int(0) . ', ' . $this->string(0) . '])',
            'array_filter(' . $this->map(0) . ", fn (\$v) => \$v !== null)",
            'array_merge(' . $this->map(0) . ', ' . "['a' => " . $this->int(0) . '])',
        ]);
    }

    /** A comparison of values of several types. */
    private function loose(int $depth): string
    {
        $sides = [
            "'0'", "''", "'1e3'", "'0.0'", "' 1'", "'01'", '0', '1', '1000', '1.0', 'null', 'false', 'true', '[]',
            "'abc'", "'1abc'",
        ];
        $side = fn () => $this->chance(70) ? $this->one($sides) : $this->value($this->one(['int', 'string', 'list']), $depth);
        return match ($this->below(4)) {
            0 => 'in_array(' . $side() . ', [' . $this->one($sides) . ', ' . $this->one($sides) . '])',
            1 => $side() . $this->one([' < ', ' >= ']) . $this->one(["'5'", '5', "'a'", "'0'"]),
            default => $side() . $this->one([' == ', ' == ', ' != ', ' === ']) . $side(),
        };
    }

    private function bool(int $depth): string
    {
        $plain = [
            $this->int(0) . $this->one([' > ', ' < ', ' >= ', ' == ', ' != ', ' === ']) . $this->int(0),
            $this->string(0) . $this->one([' == ', ' === ', ' !== ']) . $this->string(0),
            'empty(' . $this->one(["'0'", "''", '[]', '0', "'a'"]) . ')',
        ];
        foreach ($this->known('data') as $name) {
            $plain[] = "isset(\${$name}['none'])";
            $plain[] = "(\${$name}['state'] ?? '') === 'SUCCESS'";
            $plain[] = "!empty(\${$name}['ok'])";
            $plain[] = "\${$name} === null";
        }
        $plain[] = $this->loose(0);
        foreach ([...$this->known('int'), ...$this->known('string')] as $name) {
            $plain[] = "\${$name}";
            $plain[] = "!\${$name}";
            $plain[] = "\${$name} == '1'";
        }
        if ($depth <= 0) {
            return '(' . $this->one($plain) . ')';
        }
        return $this->one([
            ...$plain,
            '!(' . $this->bool($depth - 1) . ')',
            $this->bool(0) . ' && ' . $this->bool(0),
            $this->bool(0) . ' || ' . $this->bool(0),
            'array_key_exists(' . $this->one(["'a'", "'z'"]) . ', ' . $this->map(0) . ')',
            'isset(' . ($this->known('map') === [] ? "\$amount" : '$' . $this->one($this->known('map')) . "['deep']['x']") . ')',
            'is_numeric(' . $this->string(0) . ')',
            'str_contains(' . $this->string(0) . ", 'b')",
            'in_array(' . $this->int(0) . ', ' . $this->list(0) . $this->one([')', ', true)']),
        ]);
    }
}

[, $seed, $count, $folder] = $argv;
for ($i = 0; $i < (int) $count; $i++) {
    $number = (int) $seed + $i;
    \file_put_contents(\sprintf('%s/g%06d.php', $folder, $number), (new Grammar($number))->program());
}
