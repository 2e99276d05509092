<?php
// What a run is: the clock, the answers of the script, and the record of what the program did.

declare(strict_types=1);

namespace Oracle;

use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\ConnectException;
use GuzzleHttp\Exception\RequestException;
use GuzzleHttp\Exception\ServerException;
use GuzzleHttp\Promise\Promise;
use GuzzleHttp\Promise\PromiseInterface;
use GuzzleHttp\Promise\RejectedPromise;
use GuzzleHttp\Promise\Utils;
use GuzzleHttp\Psr7\MultipartStream;
use GuzzleHttp\Psr7\Request;
use GuzzleHttp\Psr7\Response;

/** A mark in place of a text that no two libraries word alike; the comparison takes any text for it. */
function message(string $kind): string
{
    return "{{msg:{$kind}}}";
}

/** Past the beginning of the certificates that keys.php makes. */
final class Clock
{
    public const NOW = 2000000000;
    public const NONCE = '0123456789abcdefABCDEF0123456789';

    public static function now(): int
    {
        return self::NOW;
    }
}

/** What the program did, in its order. */
final class Record
{
    /** @var list<array<string, mixed>> */
    public static array $events = [];

    public static function add(string $kind, array $event): int
    {
        self::$events[] = [$kind => $event];
        return \count(self::$events) - 1;
    }
}

/** The answers, in their order: one for each request that is sent. */
final class Script
{
    private static ?self $the = null;
    /** @var list<array{Request, array, Promise}> sent when somebody waits */
    private array $pending = [];
    /** @var list<array{Request, array, Promise}> */
    private array $flying = [];

    public function __construct(private array $answers)
    {
    }

    public static function start(array $answers): void
    {
        self::$the = new self($answers);
    }

    public static function the(): self
    {
        return self::$the;
    }

    public function send(Request $request, array $options, bool $now): PromiseInterface
    {
        if (!$now) {
            $promise = new Promise(fn () => $this->drive());
            $this->pending[] = [$request, $options, $promise];
            return $promise;
        }
        // As the handler of Guzzle's layers: settled, and behind a step of the queue.
        $promise = new Promise(static fn () => Utils::queue()->run());
        $this->record($request, $options);
        $this->answer($request, $options, $promise);
        return $promise->then(static fn ($response) => $response);
    }

    /** All that was begun goes out together, whoever waits for one of it. */
    private function drive(): void
    {
        while (true) {
            Utils::queue()->run();
            foreach ($this->pending as $call) {
                if ($call[2]->getState() === PromiseInterface::PENDING) {
                    $this->record($call[0], $call[1]);
                    $this->flying[] = $call;
                }
            }
            $this->pending = [];
            if ($this->flying === []) {
                return;
            }
            $this->answer(...\array_shift($this->flying));
        }
    }

    private function record(Request $request, array $options): void
    {
        $headers = [];
        foreach ($request->getHeaders() as $name => $values) {
            $headers[\strtolower((string) $name)] = \implode(', ', $values);
        }
        $body = $request->getBody();
        $event = [
            'method' => $request->getMethod(),
            'uri' => (string) $request->getUri(),
            'headers' => $headers,
        ];
        if ($body instanceof MultipartStream) {
            $event['parts'] = \array_map(static fn (array $part) => [
                'name' => $part['name'],
                'filename' => $part['filename'] ?? null,
                'text' => (string) $part['contents'],
            ], $body->parts);
            $event['headers']['content-type'] = \strtok($event['headers']['content-type'] ?? '', ';');
        } else {
            $event['body'] = (string) $body;
        }
        if (isset($options['sink'])) {
            $event['sink'] = \is_string($options['sink']) ? $options['sink'] : '(stream)';
        }
        Record::add('request', $event);
    }

    /** Whether the SDK checks the answers of a path. */
    private static function isChecked(Request $request): bool
    {
        $path = \strtolower($request->getUri()->getPath());
        $image = \str_starts_with($path, '/v3/merchant-service/images/') && !\str_ends_with($path, '/images/upload');
        return $path !== '/v3/billdownload/file' && !$image;
    }

    private function answer(Request $request, array $options, Promise $promise): void
    {
        $answer = \array_shift($this->answers) ?? 'connect';
        $errors = ['timeout' => 28, 'connect' => 7, 'nothing' => 52];
        if (\is_string($answer) && isset($errors[$answer])) {
            $context = ['errno' => $errors[$answer], 'error' => $answer];
            $promise->reject(new ConnectException(message($answer), $request, null, $context));
            return;
        }
        if ($answer === 'broken') {
            $promise->reject(new RequestException(message('broken'), $request));
            return;
        }
        $response = new Response($answer['status'], (array) $answer['headers'], $answer['body']);
        $status = $answer['status'];
        $layers = $options['oracle_layers'];
        if ($status >= 400 && ($options['http_errors'] ?? true) && \in_array('http_errors', $layers, true)) {
            $class = $status < 500 ? ClientException::class : ServerException::class;
            $promise->reject(new $class(message("api:{$status}"), $request, $response));
        } elseif (!$answer['signed'] && \in_array('verifier', $layers, true) && self::isChecked($request)) {
            $promise->reject(new RequestException(message('verify'), $request, $response));
        } else {
            if (\is_string($options['sink'] ?? null)) {
                \file_put_contents($options['sink'], $answer['body']);
            }
            $promise->resolve($response);
        }
    }
}

/** The functions of PHP whose result would differ between two runs, and those whose output the other side words. */
final class Functions
{
    public const REPLACED = [
        'print_r', 'var_dump', 'var_export', 'time', 'microtime', 'date', 'gmdate', 'mktime', 'strtotime', 'uniqid',
        'mt_rand', 'rand', 'random_int', 'random_bytes', 'sleep', 'usleep', 'file_get_contents', 'header', 'headers_sent',
        'http_response_code', 'getallheaders', 'error_log', 'set_time_limit', 'ini_set', 'error_reporting',
    ];
}

namespace Oracle\Replaced;

use Oracle\Clock;
use Oracle\Record;

/** Output between marks: the comparison takes PHP's text, or the same value as JSON. */
function shown(string $text, $value): void
{
    $json = \json_encode(plain($value), \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_PRESERVE_ZERO_FRACTION);
    echo "\x02", \base64_encode(\json_encode(['text' => \base64_encode($text), 'json' => $json])), "\x03";
}

function plain($value)
{
    if (\is_object($value) && !$value instanceof \stdClass) {
        return \method_exists($value, '__toString') ? (string) $value : ['class' => \get_class($value)];
    }
    return \is_array($value) ? \array_map(__NAMESPACE__ . '\plain', $value) : $value;
}

function print_r($value, bool $return = false)
{
    $text = \print_r($value, true);
    if ($return) {
        return $text;
    }
    shown($text, $value);
    return true;
}

function var_dump(...$values): void
{
    foreach ($values as $value) {
        \ob_start();
        \var_dump($value);
        shown((string) \ob_get_clean(), $value);
    }
}

function var_export($value, bool $return = false)
{
    $text = \var_export($value, true);
    if ($return) {
        return $text;
    }
    shown($text, $value);
    return null;
}

function time(): int
{
    return Clock::now();
}

function microtime(bool $float = false)
{
    return $float ? (float) Clock::now() : '0.00000000 ' . Clock::now();
}

function date(string $format, ?int $at = null): string
{
    return \date($format, $at ?? Clock::now());
}

function gmdate(string $format, ?int $at = null): string
{
    return \gmdate($format, $at ?? Clock::now());
}

function mktime(...$arguments)
{
    return \mktime(...$arguments);
}

function strtotime(string $text, ?int $base = null)
{
    return \strtotime($text, $base ?? Clock::now());
}

function uniqid(string $prefix = '', bool $more = false): string
{
    return $prefix . '{{uniqid}}';
}

function mt_rand(int $low = 0, int $high = 2147483647): int
{
    return $low;
}

function rand(int $low = 0, int $high = 2147483647): int
{
    return $low;
}

function random_int(int $low, int $high): int
{
    return $low;
}

function random_bytes(int $length): string
{
    return \str_repeat("\x2a", $length);
}

function sleep(int $seconds): int
{
    return 0;
}

function usleep(int $microseconds): void
{
}

function file_get_contents(string $file, ...$more)
{
    return $file === 'php://input' ? ($GLOBALS['ORACLE_INPUT'] ?? '') : \file_get_contents($file, ...$more);
}

function header(string $line, bool $replace = true, int $status = 0): void
{
    Record::add('foreign', ['name' => 'header', 'args' => [$line]]);
}

function headers_sent(): bool
{
    return false;
}

function http_response_code(int $status = 0)
{
    Record::add('foreign', ['name' => 'http_response_code', 'args' => [$status]]);
    return 200;
}

function getallheaders(): array
{
    return $GLOBALS['ORACLE_HEADERS'] ?? [];
}

function error_log(string $text, ...$more): bool
{
    Record::add('foreign', ['name' => 'error_log', 'args' => [$text]]);
    return true;
}

function set_time_limit(int $seconds): bool
{
    return true;
}

function ini_set(string $name, $value)
{
    return false;
}

function error_reporting(?int $level = null): int
{
    return \E_ALL;
}
