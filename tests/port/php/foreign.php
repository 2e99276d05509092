<?php
// Stubs for all that a program names and that is neither PHP's nor the SDK's: models, logs, requests, helpers.
// Each call is recorded; what it gives is in the script, by the whole way to it: `Order::where->first`.

declare(strict_types=1);

namespace Oracle;

/** What the script gives for a way; the last one is given again. */
final class Gives
{
    public static array $given = [];

    public static function has(string $name): bool
    {
        return \array_key_exists($name, self::$given);
    }

    public static function next(string $name)
    {
        $values = self::$given[$name];
        $value = $values[0];
        if (\count($values) > 1) {
            \array_shift(self::$given[$name]);
        }
        return $value;
    }
}

/** Calls behind calls are one event, with the arguments of all of them. */
trait Follows
{
    public string $oracleName = '';
    public ?array $oracleArgs = null;
    public ?int $oracleEvent = null;
    public $oracleData = null;
    public bool $oracleNew = false;

    protected static function follow(string $name, array $args, ?object $from)
    {
        $before = $from !== null && $from->oracleEvent !== null ? $from->oracleArgs : [];
        if ($from !== null && $from->oracleEvent !== null) {
            // The chain goes on: its event is that of the longer one.
            Record::$events[$from->oracleEvent] = null;
        }
        $posted = posted_value($name, $args);
        if ($posted !== null) {
            return $posted;
        }
        // An object with data is what the call is made on: the other side is given it as the first argument.
        $object = $from !== null && $from->oracleData !== null ? [told($from->oracleData)] : [];
        // An object that is made for this call alone is part of it.
        $all = [...$before, ...$object];
        foreach ($args as $value) {
            if ($value instanceof Foreign && $value->oracleNew && $value->oracleEvent !== null) {
                Record::$events[$value->oracleEvent] = null;
                \array_push($all, ...$value->oracleArgs);
            } else {
                $all[] = told($value);
            }
        }
        $event = Record::add('foreign', ['name' => $name, 'args' => $all]);
        $made = new Foreign();
        if ($from instanceof Page) {
            $made = new Page();
        }
        [$made->oracleName, $made->oracleArgs] = [$name, $all];
        if (!Gives::has($name)) {
            $made->oracleEvent = $event;
            return $made;
        }
        return self::given($name, $made);
    }

    private static function given(string $name, Foreign $made)
    {
        $value = Gives::next($name);
        if (\is_array($value) && \array_key_exists('@throw', $value)) {
            $class = $value['@class'] ?? \RuntimeException::class;
            throw new $class($value['@throw']);
        }
        if (\is_array($value) && \array_key_exists('@object', $value)) {
            $made->oracleData = $value['@object'];
            return $made;
        }
        return $value;
    }

    public function __call(string $name, array $args)
    {
        // A method that a class has from a parent that is not there.
        $from = $this->oracleName !== '' ? $this->oracleName : 'this';
        return self::follow("{$from}->{$name}", $args, $this);
    }

    public static function __callStatic(string $name, array $args)
    {
        return self::follow(short(static::class) . "::{$name}", $args, null);
    }

    public function __get(string $name)
    {
        if (\is_array($this->oracleData) && \array_key_exists($name, $this->oracleData)) {
            return $this->oracleData[$name];
        }
        if ($this->oracleData !== null) {
            return null;
        }
        $way = "{$this->oracleName}->{$name}";
        $made = new Foreign();
        $made->oracleName = $way;
        if (Gives::has($way)) {
            $before = $this->oracleEvent !== null ? $this->oracleArgs : [];
            if ($this->oracleEvent !== null) {
                Record::$events[$this->oracleEvent] = null;
            }
            Record::add('foreign', ['name' => $way, 'args' => $before]);
            return self::given($way, $made);
        }
        if ($this->oracleEvent !== null) {
            [$made->oracleArgs, $made->oracleEvent] = [$this->oracleArgs, $this->oracleEvent];
        }
        return $made;
    }

    public function __set(string $name, $value): void
    {
        if ($this->oracleData === null) {
            Record::add('foreign', ['name' => "{$this->oracleName}->{$name}=", 'args' => [told($value)]]);
            $this->oracleData = [];
        }
        $this->oracleData[$name] = $value;
    }

    public function __isset(string $name): bool
    {
        return isset($this->oracleData[$name]) || Gives::has("{$this->oracleName}->{$name}");
    }
}

class Foreign implements \ArrayAccess
{
    use Follows;

    public function __invoke(...$args)
    {
        return self::follow("{$this->oracleName}()", $args, $this);
    }

    public function offsetGet(mixed $offset): mixed
    {
        return $this->__get((string) $offset);
    }

    public function offsetExists(mixed $offset): bool
    {
        return $this->__isset((string) $offset);
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
        $this->__set((string) $offset, $value);
    }

    public function offsetUnset(mixed $offset): void
    {
    }
}

/** A response of PSR-7 that the application builds, and its body. */
final class Page extends Foreign implements \Psr\Http\Message\ResponseInterface, \Psr\Http\Message\StreamInterface
{
    public function getHeaders(): array
    {
        return $this->__call('getHeaders', []);
    }

    public function hasHeader(string $name): bool
    {
        return $this->__call('hasHeader', [$name]);
    }

    public function getHeader(string $name): array
    {
        return $this->__call('getHeader', [$name]);
    }

    public function getHeaderLine(string $name): string
    {
        return $this->__call('getHeaderLine', [$name]);
    }

    public function getBody(): \Psr\Http\Message\StreamInterface
    {
        return $this->__call('getBody', []);
    }

    public function getStatusCode(): int
    {
        return $this->__call('getStatusCode', []);
    }

    public function getReasonPhrase(): string
    {
        return $this->__call('getReasonPhrase', []);
    }

    public function __toString(): string
    {
        return (string) $this->__call('__toString', []);
    }
}

/** What a request object gives of the notification that was posted: a header or the body. */
function posted_value(string $name, array $args): ?string
{
    $posted = $GLOBALS['ORACLE_POSTED'] ?? null;
    if ($posted === null) {
        return null;
    }
    $last = \preg_replace('~^.*(->|::)~', '', $name);
    if ($args === [] && \in_array($last, ['getContent', 'getContents', 'getInput', 'getRawBody', 'rawBody'], true)) {
        return $posted['input'];
    }
    foreach ($posted['headers'] as $header => $value) {
        if (\is_string($args[0] ?? null) && \strcasecmp($header, $args[0]) === 0) {
            return $value;
        }
    }
    return null;
}

function short(string $class): string
{
    $at = \strrpos($class, '\\');
    return $at === false ? $class : \substr($class, $at + 1);
}

/** A value as the record tells it. */
function told($value)
{
    if ($value instanceof Foreign || (\is_object($value) && \method_exists($value, '__callStatic'))) {
        if (($value->oracleData ?? null) !== null) {
            return told($value->oracleData);
        }
        return ['@foreign' => $value->oracleName ?? ''];
    }
    if ($value instanceof \Closure) {
        return ['@closure' => true];
    }
    if ($value instanceof \WeChatPay\BuilderChainable) {
        return ['@class' => 'Client'];
    }
    if ($value instanceof \Throwable) {
        return ['@exception' => \get_class($value), 'message' => $value->getMessage()];
    }
    if ($value instanceof \stdClass) {
        $value = (array) $value;
        return $value === [] ? new \stdClass() : \array_map(__NAMESPACE__ . '\told', $value);
    }
    if (\is_object($value)) {
        return \method_exists($value, '__toString') ? (string) $value : ['@class' => \get_class($value)];
    }
    return \is_array($value) ? \array_map(__NAMESPACE__ . '\told', $value) : $value;
}

/** Reads a program's tokens: what it names, and the program with PHP's own functions replaced where a run needs it. */
final class Source
{
    private array $tokens;
    private string $namespace = '';
    private array $imports = [];
    /** @var array<string, string> the name of each class it needs, and how it is used */
    public array $classes = [];
    /** @var array<string, true> */
    public array $functions = [];
    /** @var array<string, true> the program's own, in lower case */
    private array $declared = [];
    public string $rewritten = '';

    /** The method whose body comes next, if the application has it. */
    private ?string $asked = null;

    /** @param array<string, list<string>> $application the methods that the application has, and the properties they are given */
    public function __construct(string $text, private array $application = [])
    {
        $this->tokens = \PhpToken::tokenize($text);
        $this->read();
    }

    private function near(int $at, int $step): ?\PhpToken
    {
        do {
            $at += $step;
        } while (isset($this->tokens[$at]) && $this->tokens[$at]->isIgnorable());
        return $this->tokens[$at] ?? null;
    }

    private function read(): void
    {
        $replaced = \array_flip(Functions::REPLACED);
        $depth = 0;
        $classDepth = null;
        $role = '';
        foreach ($this->tokens as $at => $token) {
            $before = $this->near($at, -1);
            $after = $this->near($at, 1);
            if ($token->is(\T_NAMESPACE)) {
                $this->namespace = $after === null ? '' : $after->text;
            } elseif ($token->is('{') || $token->is(\T_CURLY_OPEN)) {
                $depth++;
                $role = '';
            } elseif ($token->is('}')) {
                $depth--;
                $classDepth = $classDepth === $depth ? null : $classDepth;
            } elseif ($token->is([\T_CLASS, \T_TRAIT]) && !($before?->is(\T_DOUBLE_COLON))) {
                $classDepth = $depth;
                $role = '';
            } elseif ($token->is(\T_USE) && !($before?->is(')'))) {
                if ($classDepth === null) {
                    $this->import($at);
                    $role = 'import';
                } else {
                    $role = 'trait';
                }
            } elseif ($token->is([\T_EXTENDS, \T_IMPLEMENTS, \T_CATCH, \T_NEW, \T_INSTANCEOF])) {
                $role = $token->is(\T_NEW) && $before?->is(\T_THROW) ? 'throw' : \strtolower($token->text);
            } elseif ($token->is([';', '{', ')'])) {
                $role = '';
            } elseif ($token->is('(') && !($role === 'catch')) {
                $role = '';
            }
            $this->rewritten .= $token->is([\T_STRING, \T_NAME_QUALIFIED, \T_NAME_FULLY_QUALIFIED])
                ? $this->name($token, $before, $after, $role, $replaced)
                : $token->text;
            if ($before?->is(\T_FUNCTION) && isset($this->application[$token->text])) {
                $this->asked = $token->text;
                $void = false;
            } elseif ($this->asked !== null && \strtolower($token->text) === 'void') {
                $void = true;
            } elseif ($this->asked !== null && $token->is('{')) {
                $this->rewritten .= $this->ask($void);
                $this->asked = null;
            }
        }
    }

    /** A body that asks the application: the record has the arguments and the properties. */
    private function ask(bool $void): string
    {
        $properties = \array_map(static fn (string $name) => "\$this->{$name}", $this->application[$this->asked]);
        $given = \implode(', ', ['...\array_values(\get_defined_vars())', ...$properties]);
        $call = "\\Oracle\\call('{$this->asked}', [{$given}])";
        return $void ? " {$call}; return;" : " return {$call};";
    }

    private function name(\PhpToken $token, ?\PhpToken $before, ?\PhpToken $after, string $role, array $replaced): string
    {
        $text = $token->text;
        if ($before?->is(\T_FUNCTION)) {
            $this->declared[\strtolower($text)] = true;
        }
        $member = $before?->is([\T_OBJECT_OPERATOR, \T_NULLSAFE_OBJECT_OPERATOR, \T_DOUBLE_COLON, \T_FUNCTION, \T_CONST]);
        if ($role === 'import' || $before?->is(\T_NAMESPACE)) {
            return $text;
        }
        if ($after?->is('(') && !$member && !$before?->is(\T_NEW) && !$before?->is('&')) {
            $short = \strtolower(\ltrim($text, '\\'));
            if (isset($replaced[$short])) {
                return '\Oracle\Replaced\\' . $short;
            }
            if ($role === '') {
                $this->functions[\ltrim($text, '\\')] = true;
            }
            return $text;
        }
        $named = $after?->is(\T_DOUBLE_COLON) || $after?->is(\T_VARIABLE) || $before?->is(':') || $role !== '';
        if ($named && !$member && !\in_array(\strtolower($text), self::BUILT_IN, true)) {
            $this->classes[$this->resolve($text)] = $role === '' ? ($this->classes[$this->resolve($text)] ?? '') : $role;
        }
        return $text;
    }

    private const BUILT_IN = [
        'int', 'float', 'string', 'bool', 'array', 'mixed', 'void', 'null', 'self', 'static', 'parent', 'callable',
        'iterable', 'object', 'false', 'true', 'never',
    ];

    private function import(int $at): void
    {
        $text = '';
        while (isset($this->tokens[++$at]) && !$this->tokens[$at]->is(';')) {
            $text .= $this->tokens[$at]->isIgnorable() ? ' ' : $this->tokens[$at]->text;
        }
        $text = \trim($text);
        if (\preg_match('~^(function|const)\s~', $text)) {
            return;
        }
        $prefix = '';
        if (\preg_match('~^(.*)\{(.*)\}$~s', $text, $found)) {
            [, $prefix, $text] = $found;
        }
        foreach (\explode(',', $text) as $one) {
            $halves = \preg_split('~\s+as\s+~', \trim($one));
            $name = \ltrim(\trim($prefix) . $halves[0], '\\');
            if ($name !== '') {
                $this->imports[\strtolower($halves[1] ?? short($name))] = $name;
            }
        }
    }

    private function resolve(string $text): string
    {
        if ($text[0] === '\\') {
            return \substr($text, 1);
        }
        $parts = \explode('\\', $text, 2);
        $import = $this->imports[\strtolower($parts[0])] ?? null;
        if ($import !== null) {
            return isset($parts[1]) ? "{$import}\\{$parts[1]}" : $import;
        }
        return $this->namespace === '' ? $text : "{$this->namespace}\\{$text}";
    }

    /** The whole name of a class that the program names. */
    public function named(string $short): string
    {
        foreach (\array_keys($this->classes) as $class) {
            if (short($class) === $short) {
                return $class;
            }
        }
        return $short;
    }

    /** Defines what is missing, when it is asked for: the program's own come first. */
    public function defineMissing(): void
    {
        $roles = $this->classes;
        \spl_autoload_register(static function (string $class) use ($roles): void {
            define($class, $roles[$class] ?? '');
        });
    }

    public function defineFunctions(string $namespace = ''): void
    {
        foreach (\array_keys($this->functions) as $name) {
            $own = $this->namespace === '' ? $name : "{$this->namespace}\\{$name}";
            $global = short($name);
            if (isset($this->declared[\strtolower($global)])) {
                continue;
            }
            if (!\function_exists($own) && !\function_exists($global) && !\function_exists($name)) {
                $body = 'return \Oracle\call("' . $global . '", $args);';
                eval("function {$global}(...\$args) { {$body} }");
            }
        }
    }
}

function define(string $class, string $role): void
{
    $at = \strrpos($class, '\\');
    $namespace = $at === false ? '' : 'namespace ' . \substr($class, 0, $at) . '; ';
    $name = short($class);
    $exception = \in_array($role, ['catch', 'throw'], true) || \preg_match('~(Exception|Error)$~', $name);
    $made = match (true) {
        $role === 'implements' => "interface {$name} {}",
        $role === 'trait' => "trait {$name} { use \\Oracle\\Follows; }",
        (bool) $exception => "class {$name} extends \\RuntimeException {}",
        default => "class {$name} extends \\Oracle\\Foreign { public function __construct(...\$args) {"
            . " \$this->oracleName = '{$name}'; if (\$args !== [] || " . ($role === 'new' ? 'true' : 'false')
            . ") { \$this->oracleNew = true; \$this->oracleArgs = array_map('\\Oracle\\told', \$args);"
            . " \$this->oracleEvent = \\Oracle\\Record::add('foreign', ['name' => 'new {$name}',"
            . " 'args' => \$this->oracleArgs]); } } }",
    };
    eval($namespace . $made);
}

/** A call of a function that is not there. */
function call(string $name, array $args)
{
    return (new class extends Foreign {
        public function go(string $name, array $args)
        {
            return self::follow($name, $args, null);
        }
    })->go($name, $args);
}
