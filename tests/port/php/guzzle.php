<?php
// Guzzle's messages and exceptions, as far as programs that use the PHP SDK touch them.

declare(strict_types=1);

namespace GuzzleHttp\Psr7;

use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamInterface;
use Psr\Http\Message\UriInterface;

class Stream implements StreamInterface
{
    private int $at = 0;

    public function __construct(private string $text)
    {
    }

    public function __toString(): string
    {
        $this->at = \strlen($this->text);
        return $this->text;
    }

    public function getContents(): string
    {
        $rest = \substr($this->text, $this->at);
        $this->at = \strlen($this->text);
        return $rest;
    }

    public function read(int $length): string
    {
        $part = \substr($this->text, $this->at, $length);
        $this->at += \strlen($part);
        return $part;
    }

    public function getSize(): ?int
    {
        return \strlen($this->text);
    }

    public function tell(): int
    {
        return $this->at;
    }

    public function eof(): bool
    {
        return $this->at >= \strlen($this->text);
    }

    public function rewind(): void
    {
        $this->at = 0;
    }

    public function seek(int $offset, int $whence = \SEEK_SET): void
    {
        $this->at = $offset;
    }

    public function isSeekable(): bool
    {
        return true;
    }

    public function isReadable(): bool
    {
        return true;
    }

    public function close(): void
    {
    }
}

class LazyOpenStream extends Stream
{
    public function __construct(public readonly string $file, string $mode)
    {
        parent::__construct((string) \file_get_contents($file));
    }
}

class MultipartStream extends Stream
{
    private string $boundary;

    public function __construct(public readonly array $parts = [], ?string $boundary = null)
    {
        $this->boundary = $boundary ?? 'ORACLEBOUNDARY';
        $text = '';
        foreach ($parts as $part) {
            foreach (['name', 'contents'] as $key) {
                if (!\array_key_exists($key, $part)) {
                    throw new \InvalidArgumentException("A '{$key}' key is required");
                }
            }
            $text .= "--{$this->boundary}\r\n{$part['name']}\r\n\r\n{$part['contents']}\r\n";
        }
        parent::__construct($text . "--{$this->boundary}--\r\n");
    }

    public function getBoundary(): string
    {
        return $this->boundary;
    }
}

trait Message
{
    /** @var array<string, list<string>> */
    private array $headers = [];
    private StreamInterface $body;

    private function take(array $headers, $body): void
    {
        foreach ($headers as $name => $values) {
            $this->headers[(string) $name] = \array_map(
                static fn ($value) => \trim((string) $value),
                \is_array($values) ? \array_values($values) : [$values]
            );
        }
        $this->body = $body instanceof StreamInterface ? $body : new Stream((string) $body);
    }

    public function getProtocolVersion(): string
    {
        return '1.1';
    }

    public function getHeaders(): array
    {
        return $this->headers;
    }

    public function getHeader(string $name): array
    {
        foreach ($this->headers as $ours => $values) {
            if (\strcasecmp((string) $ours, $name) === 0) {
                return $values;
            }
        }
        return [];
    }

    public function hasHeader(string $name): bool
    {
        return $this->getHeader($name) !== [];
    }

    public function getHeaderLine(string $name): string
    {
        return \implode(', ', $this->getHeader($name));
    }

    public function getBody(): StreamInterface
    {
        return $this->body;
    }

    public function withHeader(string $name, $value): static
    {
        $made = clone $this;
        foreach (\array_keys($made->headers) as $ours) {
            if (\strcasecmp((string) $ours, $name) === 0) {
                unset($made->headers[$ours]);
            }
        }
        $made->headers[$name] = \array_map('strval', (array) $value);
        return $made;
    }

    public function withBody(StreamInterface $body): static
    {
        $made = clone $this;
        $made->body = $body;
        return $made;
    }
}

class Response implements ResponseInterface
{
    use Message;

    private const REASONS = [
        200 => 'OK', 201 => 'Created', 202 => 'Accepted', 204 => 'No Content', 302 => 'Found',
        400 => 'Bad Request', 401 => 'Unauthorized', 403 => 'Forbidden', 404 => 'Not Found', 429 => 'Too Many Requests',
        500 => 'Internal Server Error', 502 => 'Bad Gateway', 503 => 'Service Unavailable',
    ];

    public function __construct(
        private int $status = 200,
        array $headers = [],
        $body = null,
        string $version = '1.1',
        private ?string $reason = null
    ) {
        $this->take($headers, $body ?? '');
    }

    public function getStatusCode(): int
    {
        return $this->status;
    }

    public function getReasonPhrase(): string
    {
        return $this->reason ?? self::REASONS[$this->status] ?? '';
    }

    public function withStatus(int $code, string $reason = ''): static
    {
        $made = clone $this;
        [$made->status, $made->reason] = [$code, $reason === '' ? null : $reason];
        return $made;
    }
}

class Request implements RequestInterface
{
    use Message;

    public function __construct(private string $method, private $uri, array $headers = [], $body = null)
    {
        $this->uri = $uri instanceof UriInterface ? $uri : new Uri((string) $uri);
        $this->take($headers, $body ?? '');
    }

    public function getMethod(): string
    {
        return $this->method;
    }

    public function getUri(): UriInterface
    {
        return $this->uri;
    }

    public function getRequestTarget(): string
    {
        $query = $this->uri->getQuery();
        return $this->uri->getPath() . ($query === '' ? '' : "?{$query}");
    }
}

class Uri implements UriInterface
{
    private array $parts = ['scheme' => '', 'authority' => '', 'path' => '', 'query' => '', 'fragment' => ''];

    public function __construct(string $uri = '')
    {
        // The expression of RFC 3986, appendix B.
        \preg_match('~^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?~s', $uri, $found);
        $this->parts['scheme'] = \strtolower($found[1] ?? '');
        $this->parts['authority'] = \strtolower($found[2] ?? '');
        $this->parts['path'] = self::encode($found[3] ?? '', '/@:');
        $this->parts['query'] = self::encode($found[4] ?? '', '/?@:');
        $this->parts['fragment'] = self::encode($found[5] ?? '', '/?@:');
    }

    private static function encode(string $text, string $more): string
    {
        $allowed = \preg_quote("-._~!$&'()*+,;=" . $more, '~');
        return \preg_replace_callback(
            "~%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9{$allowed}%]~",
            static fn (array $found) => \rawurlencode($found[0]),
            $text
        );
    }

    public function getScheme(): string
    {
        return $this->parts['scheme'];
    }

    public function getAuthority(): string
    {
        return $this->parts['authority'];
    }

    public function getHost(): string
    {
        return \preg_replace('~:\d+$~', '', $this->parts['authority']);
    }

    public function getPath(): string
    {
        return $this->parts['path'];
    }

    public function getQuery(): string
    {
        return $this->parts['query'];
    }

    public function getFragment(): string
    {
        return $this->parts['fragment'];
    }

    private function with(string $part, string $value): static
    {
        $made = clone $this;
        $made->parts[$part] = $value;
        return $made;
    }

    public function withPath(string $path): static
    {
        return $this->with('path', self::encode($path, '/@:'));
    }

    public function withQuery(string $query): static
    {
        return $this->with('query', self::encode($query, '/?@:'));
    }

    public function withFragment(string $fragment): static
    {
        return $this->with('fragment', self::encode($fragment, '/?@:'));
    }

    /** This reference against a base, RFC 3986, section 5.2. */
    public function against(self $base): static
    {
        if ($this->parts['scheme'] !== '') {
            return $this->withoutDots();
        }
        $made = clone $this;
        $made->parts['scheme'] = $base->parts['scheme'];
        if ($this->parts['authority'] === '') {
            $made->parts['authority'] = $base->parts['authority'];
            if ($this->parts['path'] === '') {
                $made->parts['path'] = $base->parts['path'];
                $made->parts['query'] = $this->parts['query'] !== '' ? $this->parts['query'] : $base->parts['query'];
            } elseif ($this->parts['path'][0] !== '/') {
                $folder = \substr($base->parts['path'], 0, (int) \strrpos($base->parts['path'], '/'));
                $made->parts['path'] = $folder . '/' . $this->parts['path'];
            }
        }
        return $made->withoutDots();
    }

    private function withoutDots(): static
    {
        $kept = [];
        $segments = \explode('/', $this->parts['path']);
        foreach ($segments as $at => $segment) {
            if ($segment === '..') {
                \array_pop($kept);
            } elseif ($segment !== '.') {
                $kept[] = $segment;
                continue;
            }
            if ($at === \count($segments) - 1) {
                $kept[] = '';
            }
        }
        $path = \implode('/', $kept);
        if ($this->parts['path'] !== '' && $this->parts['path'][0] === '/' && ($path === '' || $path[0] !== '/')) {
            $path = '/' . $path;
        }
        return $this->with('path', $path);
    }

    public function __toString(): string
    {
        $p = $this->parts;
        return ($p['scheme'] === '' ? '' : "{$p['scheme']}:")
            . ($p['authority'] === '' ? '' : "//{$p['authority']}")
            . $p['path']
            . ($p['query'] === '' ? '' : "?{$p['query']}")
            . ($p['fragment'] === '' ? '' : "#{$p['fragment']}");
    }
}

final class Query
{
    /** Values as they are, joined by `&`; null is a bare name, true is `1`, false `0` or, in old versions, empty. */
    public static function build(array $params, $encoding = \PHP_QUERY_RFC3986): string
    {
        $encode = match ($encoding) {
            false => static fn ($text) => $text,
            \PHP_QUERY_RFC1738 => 'urlencode',
            default => 'rawurlencode',
        };
        $pairs = [];
        foreach ($params as $name => $values) {
            $name = $encode((string) $name);
            foreach (\is_array($values) ? $values : [$values] as $value) {
                $value = \is_bool($value) ? (int) $value : $value;
                $pairs[] = $value === null ? $name : $name . '=' . $encode((string) $value);
            }
        }
        return \implode('&', $pairs);
    }

    public static function parse(string $text): array
    {
        $result = [];
        foreach ($text === '' ? [] : \explode('&', $text) as $pair) {
            $halves = \array_map(static fn ($half) => \rawurldecode(\str_replace('+', ' ', $half)), \explode('=', $pair, 2));
            [$name, $value] = [$halves[0], $halves[1] ?? null];
            if (\array_key_exists($name, $result)) {
                $result[$name] = \array_merge((array) $result[$name], [$value]);
            } else {
                $result[$name] = $value;
            }
        }
        return $result;
    }
}

final class Utils
{
    public static function streamFor($resource = ''): StreamInterface
    {
        return $resource instanceof StreamInterface ? $resource : new Stream((string) $resource);
    }

    public static function hash(StreamInterface $stream, string $algo, bool $raw = false): string
    {
        return \hash($algo, (string) $stream, $raw);
    }

    public static function tryFopen(string $file, string $mode)
    {
        return \fopen($file, $mode);
    }

    public static function jsonEncode($value, int $options = 0): string
    {
        return \GuzzleHttp\Utils::jsonEncode($value, $options);
    }
}

namespace GuzzleHttp;

use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;

final class Utils
{
    public static function jsonEncode($value, int $options = 0, int $depth = 512): string
    {
        $text = \json_encode($value, $options, $depth);
        if (\json_last_error() !== \JSON_ERROR_NONE) {
            throw new Exception\InvalidArgumentException('json_encode error: ' . \json_last_error_msg());
        }
        return $text;
    }

    public static function jsonDecode(string $text, bool $assoc = false, int $depth = 512, int $options = 0)
    {
        $value = \json_decode($text, $assoc, $depth, $options);
        if (\json_last_error() !== \JSON_ERROR_NONE) {
            throw new Exception\InvalidArgumentException('json_decode error: ' . \json_last_error_msg());
        }
        return $value;
    }
}

interface ClientInterface
{
}

class RequestOptions
{
    public const JSON = 'json';
    public const QUERY = 'query';
    public const BODY = 'body';
    public const HEADERS = 'headers';
    public const TIMEOUT = 'timeout';
    public const CONNECT_TIMEOUT = 'connect_timeout';
    public const SINK = 'sink';
    public const VERIFY = 'verify';
    public const STREAM = 'stream';
    public const DEBUG = 'debug';
    public const HTTP_ERRORS = 'http_errors';
    public const FORM_PARAMS = 'form_params';
    public const MULTIPART = 'multipart';
}

/** The stack of a client by the names of its layers. */
class HandlerStack
{
    public function __construct(public array $layers = [])
    {
    }

    public static function create(?callable $handler = null): self
    {
        return new self(['http_errors', 'allow_redirects', 'cookies', 'prepare_body']);
    }

    public function remove($layer): void
    {
        $this->layers = \array_values(\array_filter($this->layers, static fn ($name) => $name !== $layer));
    }
}

namespace GuzzleHttp\Exception;

use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;

interface GuzzleException extends \Throwable
{
}

class InvalidArgumentException extends \InvalidArgumentException implements GuzzleException
{
}

class TransferException extends \RuntimeException implements GuzzleException
{
}

/** In Guzzle 7 this is no RequestException. */
class ConnectException extends TransferException
{
    public function __construct(
        string $message,
        private RequestInterface $request,
        ?\Throwable $previous = null,
        private array $context = []
    ) {
        parent::__construct($message, 0, $previous);
    }

    public function getRequest(): RequestInterface
    {
        return $this->request;
    }

    public function getHandlerContext(): array
    {
        return $this->context;
    }
}

class RequestException extends TransferException
{
    public function __construct(
        string $message,
        private RequestInterface $request,
        private ?ResponseInterface $response = null,
        ?\Throwable $previous = null,
        private array $context = []
    ) {
        parent::__construct($message, $response === null ? 0 : $response->getStatusCode(), $previous);
    }

    public function getRequest(): RequestInterface
    {
        return $this->request;
    }

    public function getResponse(): ?ResponseInterface
    {
        return $this->response;
    }

    public function hasResponse(): bool
    {
        return $this->response !== null;
    }

    public function getHandlerContext(): array
    {
        return $this->context;
    }
}

class BadResponseException extends RequestException
{
    public function __construct(
        string $message,
        RequestInterface $request,
        ResponseInterface $response,
        ?\Throwable $previous = null,
        array $context = []
    ) {
        parent::__construct($message, $request, $response, $previous, $context);
    }

    public function getResponse(): ResponseInterface
    {
        return parent::getResponse();
    }
}

class ClientException extends BadResponseException
{
}

class ServerException extends BadResponseException
{
}

class TooManyRedirectsException extends RequestException
{
}
