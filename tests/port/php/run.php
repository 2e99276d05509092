<?php
// Runs programs that use the PHP SDK, against the stand-in, and writes what each did:
//
//     php run.php LIST
//
// Each line of LIST is JSON: a `file`, the `run` (answers, values, calls), the folder to `work` in, where the record
// goes (`out`), and the `keys`.

declare(strict_types=1);

namespace Oracle;

foreach (['psr', 'promises', 'guzzle', 'oracle', 'foreign', 'sdk'] as $part) {
    require __DIR__ . "/{$part}.php";
}

const LIMIT = 10;

/** What stands in a script for an object: `@instance`, `@privateKey`, `@foreign:Name`. */
function given($value, array $keys)
{
    if (\is_array($value) && \array_key_exists('@object', $value)) {
        $made = new Foreign();
        [$made->oracleName, $made->oracleData] = ['object', $value['@object']];
        return $made;
    }
    if (\is_array($value)) {
        return \array_map(static fn ($value) => given($value, $keys), $value);
    }
    if (!\is_string($value) || ($value[0] ?? '') !== '@') {
        return $value;
    }
    if (\str_starts_with($value, '@foreign:')) {
        $class = $GLOBALS['ORACLE_SOURCE']->named(\substr($value, 9));
        $made = new Foreign();
        if (!\in_array($class, ['', 'Foreign'], true)) {
            $made = \is_a($class, \Psr\Http\Message\ResponseInterface::class, true) ? new Page() : new $class();
        }
        $made->oracleName = short($class);
        return $made;
    }
    if (\str_starts_with($value, '@pem:')) {
        return \file_get_contents($keys['folder'] . '/' . \substr($value, 5) . '.pem');
    }
    if (\str_starts_with($value, '@file:')) {
        return 'file://' . $keys['folder'] . '/' . \substr($value, 6) . '.pem';
    }
    $file = static fn (string $name) => 'file://' . $keys['folder'] . "/{$name}.pem";
    return match ($value) {
        '@instance' => \WeChatPay\Builder::factory([
            'mchid' => $keys['mchid'],
            'serial' => $keys['serial'],
            'privateKey' => \WeChatPay\Crypto\Rsa::from($file('merchant_key')),
            'certs' => [$keys['platform'] => \WeChatPay\Crypto\Rsa::from($file('platform_pub'), 'public')],
            'secret' => $keys['v2'],
        ]),
        '@privateKey' => \WeChatPay\Crypto\Rsa::from($file('merchant_key')),
        '@platformKey' => \WeChatPay\Crypto\Rsa::from($file('platform_pub'), 'public'),
        default => throw new \LogicException("the script names {$value}"),
    };
}

/** An answer of the script as status, headers and body; `timeout`, `connect`, `nothing` and `broken` stay what they are. */
function answer($said, string $key)
{
    $made = ['status' => 200, 'headers' => [], 'body' => '', 'signed' => true];
    if (\is_string($said)) {
        return match ($said) {
            'timeout', 'connect', 'nothing', 'broken' => $said,
            'badsign' => ['body' => '{"code_url":"weixin://forged"}', 'signed' => false] + $made,
            'html' => ['body' => '<html><body>OK</body></html>'] + $made,
            'empty' => $made,
            default => throw new \LogicException("no answer is called {$said}"),
        };
    }
    if (\is_int($said)) {
        return ['status' => $said] + $made;
    }
    if (isset($said['text'])) {
        $said['body'] = $said['text'];
    } elseif (isset($said['xml'])) {
        $data = $said['xml'];
        $text = \WeChatPay\Formatter::queryStringLike(\WeChatPay\Formatter::ksort($data));
        $data['sign'] ??= \WeChatPay\Crypto\Hash::sign('MD5', $text, $key);
        $said += ['body' => \WeChatPay\Transformer::toXml($data), 'signed' => false];
    }
    $said = \array_intersect_key($said + $made, $made);
    $said['headers'] = (object) $said['headers'];
    return $said;
}

/** A notification as WeChat Pay posts it: its body and its headers. */
function posted(array $said, array $keys): array
{
    $iv = '0123456789ab';
    $plain = \json_encode($said['resource'], \JSON_UNESCAPED_UNICODE | \JSON_UNESCAPED_SLASHES);
    $key = $said['key'] ?? 'v3secretv3secretv3secretv3secret';
    $sealed = \openssl_encrypt($plain, 'aes-256-gcm', $key, \OPENSSL_RAW_DATA, $iv, $tag, 'transaction', 16);
    $resource = [
        'algorithm' => 'AEAD_AES_256_GCM', 'original_type' => 'transaction', 'nonce' => $iv,
        'associated_data' => 'transaction', 'ciphertext' => \base64_encode($sealed . $tag),
    ];
    $input = \json_encode([
        'id' => 'EV-1', 'create_time' => '2033-05-18T11:33:20+08:00', 'resource_type' => 'encrypt-resource',
        'event_type' => $said['event'] ?? 'TRANSACTION.SUCCESS', 'summary' => 'paid', 'resource' => $resource,
    ]);
    $timestamp = (string) (2_000_000_000 - ($said['age'] ?? 0));
    $private = \openssl_pkey_get_private('file://' . $keys['folder'] . '/platform_key.pem');
    \openssl_sign("{$timestamp}\nnonce\n{$input}\n", $signature, $private, \OPENSSL_ALGO_SHA256);
    if ($said['forged'] ?? false) {
        $input = \str_replace('EV-1', 'EV-2', $input);
    }
    return ['input' => $input, 'headers' => [
        'Wechatpay-Signature' => \base64_encode($signature), 'Wechatpay-Timestamp' => $timestamp,
        'Wechatpay-Nonce' => 'nonce', 'Wechatpay-Serial' => $keys['platform'],
    ]];
}

function thrown(\Throwable $thrown): array
{
    $response = \method_exists($thrown, 'getResponse') ? $thrown->getResponse() : null;
    $kinds = \array_merge([\get_class($thrown)], \array_values(\class_parents($thrown)));
    return [
        'class' => \get_class($thrown), 'kinds' => $kinds, 'message' => $thrown->getMessage(),
        'code' => $thrown->getCode(), 'status' => $response?->getStatusCode(),
        'at' => \basename($thrown->getFile()) . ':' . $thrown->getLine(),
    ];
}

/** The arguments of the script, and PHP's defaults for those that it leaves out: Rust has none. */
function filled(array $args, ?\ReflectionFunctionAbstract $function): array
{
    foreach ($function?->getParameters() ?? [] as $place => $parameter) {
        if ($place >= \count($args) && $parameter->isDefaultValueAvailable() && !$parameter->isVariadic()) {
            $args[] = $parameter->getDefaultValue();
        }
    }
    return $args;
}

function filledCall(array $call): array
{
    $args = $call['args'] ?? [];
    if (isset($call['function'])) {
        return ['args' => filled($args, new \ReflectionFunction($call['function']))];
    }
    if (isset($call['static'])) {
        return ['args' => filled($args, new \ReflectionMethod($call['static']))];
    }
    $made = ['with' => filled($call['with'] ?? [], (new \ReflectionClass($call['new']))->getConstructor())];
    if (isset($call['call'])) {
        $made['args'] = filled($args, new \ReflectionMethod($call['new'], $call['call']));
    }
    return $made;
}

/** One call of the script: a function, or methods of an object that is made first. */
function enter(array $call, array $keys, array &$objects)
{
    $args = given($call['args'] ?? [], $keys);
    if (isset($call['function'])) {
        return ($call['function'])(...$args);
    }
    if (isset($call['static'])) {
        return ($call['static'])(...$args);
    }
    $key = $call['new'] . \json_encode($call['with'] ?? []);
    $objects[$key] ??= new ($call['new'])(...given($call['with'] ?? [], $keys));
    return isset($call['call']) ? $objects[$key]->{$call['call']}(...$args) : null;
}

function run(array $job): void
{
    $run = $job['run'];
    Record::$events = [];
    $answers = \array_map(static fn ($answer) => answer($answer, $job['keys']['v2']), $run['answers']);
    Script::start($answers);
    // A stub may give the client; what else a stub gives stays as the script has it.
    $client = static fn ($value) => $value === '@instance' ? given($value, $job['keys']) : $value;
    Gives::$given = \array_map(static fn ($values) => \array_map($client, $values), $run['foreign'] ?? []);
    $posted = isset($run['notify']) ? posted($run['notify'], $job['keys']) : null;
    $run = ($posted ?? []) + $run;
    $GLOBALS['ORACLE_POSTED'] = $posted;
    $GLOBALS['ORACLE_INPUT'] = $run['input'] ?? '';
    $GLOBALS['ORACLE_HEADERS'] = $run['headers'] ?? [];
    foreach ($run['headers'] ?? [] as $name => $value) {
        $_SERVER['HTTP_' . \strtoupper(\str_replace('-', '_', $name))] = $value;
    }
    $_GET = $run['get'] ?? [];
    $_POST = $run['post'] ?? [];
    foreach ($run['server'] ?? [] as $name => $value) {
        $_SERVER[$name] = $value;
    }
    foreach ($run['env'] ?? [] as $name => $value) {
        \putenv("{$name}={$value}");
        $_ENV[$name] = $value;
    }
    $record = ['posted' => $posted, 'answers' => $answers, 'end' => null, 'calls' => [], 'warnings' => []];
    \ob_start();
    $finished = false;
    \register_shutdown_function(static function () use (&$record, &$finished, $job): void {
        $text = '';
        while (\ob_get_level() > 0) {
            $text = \ob_get_clean() . $text;
        }
        $last = \error_get_last();
        if (!$finished && $last !== null && $last['type'] === \E_ERROR) {
            $record['fatal'] = $last['message'];
        }
        $record['exit'] = !$finished;
        $record['printed'] = \base64_encode($text);
        $record['events'] = \array_values(\array_filter(Record::$events, static fn ($event) => $event !== null));
        $flags = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE
            | \JSON_PRESERVE_ZERO_FRACTION | \JSON_PARTIAL_OUTPUT_ON_ERROR;
        \file_put_contents($job['out'], \json_encode($record, $flags));
    });
    \set_error_handler(static function (int $level, string $text) use (&$record): bool {
        $record['warnings'][] = $text;
        return true;
    });
    \chdir($job['work']);
    $text = \str_replace('/path/to/', $job['fixtures'] . '/', \file_get_contents($job['file']));
    $source = new Source($text, $run['application'] ?? []);
    $GLOBALS['ORACLE_SOURCE'] = $source;
    $source->defineMissing();
    $code = $job['out'] . '.php';
    \file_put_contents($code, $source->rewritten);
    // Functions and classes of the file are there before what is missing is made up.
    $record['end'] = top($code, $source, given($run['define'] ?? [], $job['keys']));
    if (!isset($record['end']['thrown'])) {
        $objects = [];
        foreach ($run['calls'] ?? [] as $call) {
            $record['filled'][] = filledCall($call);
            try {
                $record['calls'][] = ['returned' => told(enter($call, $job['keys'], $objects))];
            } catch (\Throwable $thrown) {
                $record['calls'][] = ['thrown' => thrown($thrown)];
            }
        }
    }
    $finished = true;
}

/** The program itself, with the variables that it leaves undefined. */
function top(string $oracleFile, Source $oracleSource, array $oracleDefined): array
{
    \extract($oracleDefined);
    $oracleSource->defineFunctions();
    try {
        return ['returned' => told(include $oracleFile)];
    } catch (\Throwable $oracleThrown) {
        return ['thrown' => thrown($oracleThrown)];
    }
}

/** A process for each: a program may exit, and defines what the next one defines, too. */
function main(string $list): void
{
    foreach (\file($list, \FILE_IGNORE_NEW_LINES | \FILE_SKIP_EMPTY_LINES) as $line) {
        $job = \json_decode($line, true, 512, \JSON_THROW_ON_ERROR);
        $child = \pcntl_fork();
        if ($child === 0) {
            \pcntl_alarm(LIMIT);
            run($job);
            exit(0);
        }
        \pcntl_waitpid($child, $status);
    }
}

if (($argv[1] ?? '') === '--keys') {
    require __DIR__ . '/keys.php';
    keys($argv[2]);
} else {
    main($argv[1]);
}
