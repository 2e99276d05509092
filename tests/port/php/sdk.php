<?php
// A stand-in for the classes of wechatpay-php, written from its documented and measured behaviour. Requests go to
// the script of the run (`Oracle\Script`) in place of a network.

declare(strict_types=1);

namespace WeChatPay;

use GuzzleHttp\HandlerStack;
use GuzzleHttp\Promise\PromiseInterface;
use GuzzleHttp\Psr7\Query;
use GuzzleHttp\Psr7\Stream;
use GuzzleHttp\Psr7\Uri;
use Psr\Http\Message\ResponseInterface;

final class Formatter
{
    public static function nonce(int $size = 32): string
    {
        if ($size < 1) {
            throw new Exception\InvalidArgumentException('Size must be a positive integer.');
        }
        return \substr(\str_repeat(\Oracle\Clock::NONCE, 1 + \intdiv($size, 32)), 0, $size);
    }

    public static function timestamp(): int
    {
        return \Oracle\Clock::now();
    }

    public static function authorization(
        string $mchid,
        string $nonce,
        string $signature,
        string $timestamp,
        string $serial
    ): string {
        return 'WECHATPAY2-SHA256-RSA2048 mchid="' . $mchid . '",serial_no="' . $serial . '",timestamp="' . $timestamp
            . '",nonce_str="' . $nonce . '",signature="' . $signature . '"';
    }

    public static function request(
        string $method,
        string $uri,
        string $timestamp,
        string $nonce,
        string $body = ''
    ): string {
        return self::joinedByLineFeed($method, $uri, $timestamp, $nonce, $body);
    }

    public static function response(string $timestamp, string $nonce, string $body = ''): string
    {
        return self::joinedByLineFeed($timestamp, $nonce, $body);
    }

    public static function joinedByLineFeed(...$pieces): string
    {
        return \implode('', \array_map(static fn ($piece) => $piece . "\n", $pieces));
    }

    public static function ksort(array $thing = []): array
    {
        \ksort($thing, \SORT_STRING);
        return $thing;
    }

    public static function queryStringLike(array $thing = []): string
    {
        $pairs = [];
        foreach ($thing as $key => $value) {
            if ($key !== 'sign' && $value !== null && $value !== '') {
                $pairs[] = $key . '=' . $value;
            }
        }
        return \implode('&', $pairs);
    }
}

final class Transformer
{
    /** The members of the outermost element; what occurs more than once is a list. */
    public static function toArray(string $xml = '<xml/>', bool $sanitize = true): array
    {
        $at = (int) \strpos($xml, '<');
        $xml = \preg_replace('~<\?.*?\?>|<!--.*?-->~s', '', \substr($xml, $at));
        $made = self::content(\preg_replace('~^\s*<[^>]*>(.*)</[^>]*>\s*$~s', '$1', $xml));
        return \is_array($made) ? $made : [];
    }

    private static function content(string $text)
    {
        $members = [];
        $rest = \ltrim($text);
        while (\preg_match('~^<([^\s/>!]+)[^>/]*(?:/>|>)~s', $rest, $found)) {
            [$open, $name] = $found;
            $after = \substr($rest, \strlen($open));
            if (\str_ends_with($open, '/>')) {
                [$value, $rest] = ['', $after];
            } else {
                $end = self::closing($after, $name);
                if ($end === null) {
                    return [];
                }
                $value = self::content(\substr($after, 0, $end));
                $rest = \substr($after, $end + \strlen("</{$name}>"));
            }
            if (\array_key_exists($name, $members)) {
                $members[$name] = \is_array($members[$name]) && \array_is_list($members[$name])
                    ? [...$members[$name], $value]
                    : [$members[$name], $value];
            } else {
                $members[$name] = $value;
            }
            $rest = \ltrim($rest);
        }
        if ($members !== []) {
            return $members;
        }
        $plain = \preg_replace_callback(
            '~<!\[CDATA\[(.*?)\]\]>~s',
            static fn (array $found) => \htmlspecialchars($found[1], \ENT_NOQUOTES),
            $text
        );
        return \html_entity_decode($plain, \ENT_QUOTES | \ENT_XML1);
    }

    private static function closing(string $text, string $name): ?int
    {
        $quoted = \preg_quote($name, '~');
        \preg_match_all("~<!\[CDATA\[.*?\]\]>|<{$quoted}>|</{$quoted}>~s", $text, $found, \PREG_OFFSET_CAPTURE);
        $depth = 0;
        foreach ($found[0] as [$token, $at]) {
            if ($token === "<{$name}>") {
                $depth++;
            } elseif ($token === "</{$name}>" && $depth-- === 0) {
                return $at;
            }
        }
        return null;
    }

    public static function toXml(
        array $data,
        bool $headless = true,
        bool $indent = false,
        string $root = 'xml',
        string $item = 'item'
    ): string {
        $head = $headless ? '' : '<?xml version="1.0" encoding="utf-8"?>' . "\n";
        return $head . "<{$root}>" . self::members($data, $item) . "</{$root}>";
    }

    private static function members(array $data, string $item): string
    {
        $text = '';
        foreach ($data as $key => $value) {
            $name = \is_string($key) && \preg_match('~^[A-Za-z_\x80-\xff][\w.:\x80-\xff-]*$~', $key) ? $key : $item;
            $text .= "<{$name}>" . self::value($value, $item) . "</{$name}>";
        }
        return $text;
    }

    private static function value($value, string $item): string
    {
        if (\is_array($value) || (\is_object($value) && !\method_exists($value, '__toString'))) {
            return self::members((array) $value, $item);
        }
        $text = (string) $value;
        return \preg_match('~[>&"<]~', $text) ? "<![CDATA[{$text}]]>" : \str_replace("\r", '&#13;', $text);
    }
}

/** What makes an array of settings two clients. */
final class Builder
{
    public static function factory(array $config = []): BuilderChainable
    {
        return new Chain(new ClientDecorator($config), []);
    }
}

interface BuilderChainable
{
    public function getDriver(): ClientDecorator;
    public function chain(string $segment): BuilderChainable;
}

final class Chain implements BuilderChainable, \ArrayAccess
{
    /** @param list<string> $segments */
    public function __construct(private ClientDecorator $driver, private array $segments)
    {
    }

    public function getDriver(): ClientDecorator
    {
        return $this->driver;
    }

    public function chain(string $segment): BuilderChainable
    {
        return new self($this->driver, [...$this->segments, self::normalize($segment)]);
    }

    public function __get(string $name): self
    {
        return $this->chain($name);
    }

    public function offsetGet(mixed $offset): self
    {
        return $this->chain((string) $offset);
    }

    public function offsetExists(mixed $offset): bool
    {
        return true;
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
    }

    public function offsetUnset(mixed $offset): void
    {
    }

    public function __call(string $name, array $arguments)
    {
        if (\preg_match('~^(get|post|put|patch|delete)(Async)?$~i', $name, $found)) {
            $promise = $this->driver->call(
                \strtoupper($found[1]),
                \implode('/', $this->segments),
                $arguments[0] ?? [],
                !isset($found[2])
            );
            return isset($found[2]) ? $promise : $promise->wait();
        }
        throw new \BadMethodCallException("{$name} is no verb");
    }

    private static function normalize(string $segment): string
    {
        $text = \preg_replace_callback('~^[A-Z]~', static fn ($found) => \strtolower($found[0]), $segment);
        $text = \preg_replace_callback('~[A-Z]~', static fn ($found) => '-' . \strtolower($found[0]), $text);
        return \preg_replace('~^_(.*)_$~', '{\1}', $text);
    }
}

/** What `select()` gives: only its stack of layers can be asked for. */
final class Selected
{
    private HandlerStack $stack;

    public function __construct(array $layers, private array $config = [])
    {
        $this->stack = new HandlerStack($layers);
    }

    public function getConfig(?string $option = null)
    {
        return $option === 'handler' ? $this->stack : ($this->config[$option] ?? null);
    }
}

final class ClientDecorator
{
    public const JSON_BASED = 'v3';
    public const XML_BASED = 'v2';

    private const BASE = 'https://api.mch.weixin.qq.com/';
    private array $selected = [];

    public function __construct(private array $config)
    {
        foreach (['mchid', 'serial', 'privateKey', 'certs'] as $needed) {
            if (!isset($config[$needed])) {
                throw new Exception\InvalidArgumentException("The required `{$needed}` is missing.");
            }
        }
        if (\array_key_exists($config['serial'], $config['certs'])) {
            throw new Exception\InvalidArgumentException("The merchant's serial is among the platform's.");
        }
        foreach ($config['certs'] as $key) {
            if (\is_string($key)) {
                Crypto\Rsa::from($key, Crypto\Rsa::KEY_TYPE_PUBLIC);
            }
        }
        if (\is_string($config['privateKey'])) {
            $this->config['privateKey'] = Crypto\Rsa::from($config['privateKey']);
        }
        $plain = ['http_errors', 'allow_redirects', 'cookies', 'prepare_body'];
        $this->selected = [
            self::JSON_BASED => new Selected([...$plain, 'verifier', 'signer'], $config),
            self::XML_BASED => new Selected([...$plain, 'transform_request', 'transform_response'], $config),
        ];
    }

    public function select(?string $protocol = null): Selected
    {
        return $this->selected[$protocol === self::XML_BASED ? self::XML_BASED : self::JSON_BASED];
    }

    public function call(string $method, string $template, array $options, bool $now): PromiseInterface
    {
        $path = self::expand($template, $options);
        $version = self::JSON_BASED;
        if (\strncasecmp($path, 'v2/', 3) === 0) {
            [$version, $path] = [self::XML_BASED, \substr($path, 3)];
        }
        if (\array_key_exists('http_errors', $this->config)) {
            $options += ['http_errors' => $this->config['http_errors']];
        }
        $layers = ($options['handler'] ?? $this->select($version)->getConfig('handler'))->layers;
        $base = new Uri($options['base_uri'] ?? $this->config['base_uri'] ?? self::BASE);
        $uri = (new Uri($path))->against($base);
        try {
            $request = $version === self::XML_BASED && \in_array('transform_request', $layers, true)
                ? $this->xml($method, $uri, $options)
                : $this->json($method, $uri, $options, $version);
        } catch (\Throwable $reason) {
            if (!$reason instanceof \Exception) {
                throw $reason;
            }
            return new \GuzzleHttp\Promise\RejectedPromise($reason);
        }
        $promise = \Oracle\Script::the()->send($request, $options + ['oracle_layers' => $layers], $now);
        return $version === self::XML_BASED && \in_array('transform_response', $layers, true)
            ? $promise->then(fn (ResponseInterface $response) => $this->checked($response))
            : $promise;
    }

    /** The headers of a call, and those of the settings and the SDK that it does not set. */
    private function headers(array $defaults, array $options): array
    {
        $type = $defaults['Content-Type'];
        $defaults = \array_replace($defaults, $this->config['headers'] ?? []);
        if (isset($options['json'])) {
            $defaults['Content-Type'] = $type;
        }
        foreach ($options['headers'] ?? [] as $name => $value) {
            foreach (\array_keys($defaults) as $default) {
                if (\strcasecmp((string) $default, (string) $name) === 0) {
                    unset($defaults[$default]);
                }
            }
            foreach (\is_array($value) ? $value : [$value] as $text) {
                if (\preg_match('~[\r\n]~', (string) $text)) {
                    throw new \InvalidArgumentException(\Oracle\message('invalid'));
                }
            }
            $defaults[$name] = $value;
        }
        return $defaults;
    }

    private function json(string $method, Uri $uri, array $options, string $version): \GuzzleHttp\Psr7\Request
    {
        $accept = $version === self::XML_BASED
            ? 'text/xml, text/plain, application/x-gzip'
            : 'application/json, text/plain, application/x-gzip, application/pdf, image/png, image/*;q=0.5';
        $type = $version === self::XML_BASED ? 'text/xml; charset=utf-8' : 'application/json; charset=utf-8';
        $body = $options['body'] ?? '';
        if (isset($options['json'])) {
            $body = \GuzzleHttp\Utils::jsonEncode($options['json']);
            $type = 'application/json';
        }
        $headers = $this->headers(['Accept' => $accept, 'Content-Type' => $type], $options);
        return new \GuzzleHttp\Psr7\Request($method, self::queried($uri, $options), $headers, $body);
    }

    private static function queried(Uri $uri, array $options): Uri
    {
        $query = $options['query'] ?? null;
        if (\is_array($query)) {
            return $uri->withQuery(\http_build_query($query, '', '&', \PHP_QUERY_RFC3986));
        }
        if ($query !== null && !\is_string($query)) {
            throw new \InvalidArgumentException('query must be a string or array');
        }
        return $query === null ? $uri : $uri->withQuery($query);
    }

    private function xml(string $method, Uri $uri, array $options): \GuzzleHttp\Psr7\Request
    {
        $uri = self::queried($uri, $options);
        $reads = \in_array($method, ['GET', 'HEAD'], true);
        $data = $reads ? Query::parse($uri->getQuery()) + ($options['xml'] ?? []) : ($options['xml'] ?? []);
        $mchid = $this->config['mchid'] ?? null;
        if ($mchid !== null && ($data['mch_id'] ?? $data['mchid'] ?? $data['combine_mch_id'] ?? null) !== $mchid) {
            throw new Exception\InvalidArgumentException(\Oracle\message('invalid'));
        }
        if (!isset($options['nonceless']) && !isset($data['nonce_str'])) {
            $data['nonce_str'] = Formatter::nonce();
        }
        $data['sign'] = Crypto\Hash::sign(
            $data['sign_type'] ?? Crypto\Hash::ALGO_MD5,
            Formatter::queryStringLike(Formatter::ksort($data)),
            $this->config['secret'] ?? ''
        ) ?? '';
        $headers = $this->headers([
            'Accept' => 'text/xml, text/plain, application/x-gzip',
            'Content-Type' => 'text/xml; charset=utf-8',
        ], $options);
        return $reads
            ? new \GuzzleHttp\Psr7\Request($method, $uri->withQuery(Query::build($data)), $headers)
            : new \GuzzleHttp\Psr7\Request($method, $uri, $headers, Transformer::toXml($data));
    }

    /** An answer of APIv2 that is no success rejects the promise with the response itself. */
    private function checked(ResponseInterface $response)
    {
        $data = Transformer::toArray((string) $response->getBody());
        $response->getBody()->rewind();
        $success = ($data['return_code'] ?? null) === 'SUCCESS' && ($data['result_code'] ?? 'SUCCESS') === 'SUCCESS';
        $sign = Crypto\Hash::sign(
            Crypto\Hash::ALGO_MD5,
            Formatter::queryStringLike(Formatter::ksort($data)),
            $this->config['secret'] ?? ''
        );
        if (!$success || (isset($data['sign']) && $data['sign'] !== $sign)) {
            return new \GuzzleHttp\Promise\RejectedPromise($response);
        }
        return $response;
    }

    /** RFC 6570, as far as the SDK's programs use it. */
    private static function expand(string $template, array $values): string
    {
        return \preg_replace_callback('~\{([+#./;?&]?)([^{}]+)\}~', static function (array $found) use ($values) {
            [, $operator, $names] = $found;
            [$first, $separator, $named] = [
                '' => ['', ',', false], '+' => ['', ',', false], '#' => ['#', ',', false], '.' => ['.', '.', false],
                '/' => ['/', '/', false], ';' => [';', ';', true], '?' => ['?', '&', true], '&' => ['&', '&', true],
            ][$operator];
            $encode = static fn ($text) => $operator === '+' || $operator === '#'
                ? \preg_replace_callback(
                    "~[^A-Za-z0-9._\~:/?#\[\]@!$&'()*+,;=-]~",
                    static fn ($found) => \rawurlencode($found[0]),
                    (string) $text
                )
                : \rawurlencode((string) $text);
            $made = [];
            foreach (\explode(',', $names) as $name) {
                $name = \trim(\rtrim($name, '*'));
                $value = $values[$name] ?? null;
                if ($value === null || $value === '' || $value === false || $value === []) {
                    if ($named && $value === '') {
                        $made[] = $name . '=';
                    }
                    continue;
                }
                $text = \is_array($value)
                    ? \implode(',', \array_map($encode, self::flat($value)))
                    : $encode($value);
                $made[] = $named ? "{$name}={$text}" : $text;
            }
            return $made === [] ? '' : $first . \implode($separator, $made);
        }, $template);
    }

    private static function flat(array $value): array
    {
        if (\array_is_list($value)) {
            return $value;
        }
        $flat = [];
        foreach ($value as $key => $item) {
            \array_push($flat, $key, $item);
        }
        return $flat;
    }
}

namespace WeChatPay\Exception;

interface WeChatPayException extends \Throwable
{
}

class InvalidArgumentException extends \InvalidArgumentException implements WeChatPayException
{
}

namespace WeChatPay\Crypto;

final class Hash
{
    public const ALGO_MD5 = 'MD5';
    public const ALGO_HMAC_SHA256 = 'HMAC-SHA256';

    public static function md5(string $thing, string $key = '', $agency = false): string
    {
        if (!$key) {
            return \md5($thing);
        }
        return \md5($thing . ($agency ? '&secret=' : '&key=') . $key);
    }

    public static function hmac(string $thing, string $key, string $algorithm = 'sha256'): string
    {
        return \hash_hmac($algorithm, "{$thing}&key={$key}", $key);
    }

    public static function equals(string $known, ?string $user = null): bool
    {
        return $user !== null && \hash_equals($known, $user);
    }

    public static function sign(string $type, string $data, string $key): ?string
    {
        return match ($type) {
            self::ALGO_MD5 => \strtoupper(self::md5($data, $key)),
            self::ALGO_HMAC_SHA256 => \strtoupper(self::hmac($data, $key)),
            default => null,
        };
    }
}

final class AesGcm
{
    public static function encrypt(string $plaintext, string $key, string $iv = '', string $aad = ''): string
    {
        $made = \openssl_encrypt($plaintext, 'aes-256-gcm', $key, \OPENSSL_RAW_DATA, $iv, $tag, $aad, 16);
        if ($made === false) {
            throw new \UnexpectedValueException(\Oracle\message('crypto'));
        }
        return \base64_encode($made . $tag);
    }

    public static function decrypt(string $ciphertext, string $key, string $iv = '', string $aad = ''): string
    {
        $bytes = \base64_decode($ciphertext);
        $plain = @\openssl_decrypt(
            \substr($bytes, 0, -16),
            'aes-256-gcm',
            $key,
            \OPENSSL_RAW_DATA,
            $iv,
            \substr($bytes, -16),
            $aad
        );
        if ($plain === false) {
            throw new \UnexpectedValueException(\Oracle\message('crypto'));
        }
        return $plain;
    }
}

final class AesEcb
{
    public static function decrypt(string $ciphertext, string $key, string $iv = ''): string
    {
        $plain = \openssl_decrypt(\base64_decode($ciphertext), 'aes-256-ecb', $key, \OPENSSL_RAW_DATA);
        if ($plain === false) {
            throw new \UnexpectedValueException(\Oracle\message('crypto'));
        }
        return $plain;
    }

    public static function encrypt(string $plaintext, string $key, string $iv = ''): string
    {
        return \base64_encode(\openssl_encrypt($plaintext, 'aes-256-ecb', $key, \OPENSSL_RAW_DATA));
    }
}

final class Rsa
{
    public const KEY_TYPE_PUBLIC = 'public';
    public const KEY_TYPE_PRIVATE = 'private';

    public static function from($thing, string $type = self::KEY_TYPE_PRIVATE)
    {
        if (\is_object($thing)) {
            return $thing;
        }
        $text = (string) $thing;
        if (\preg_match('~^(private|public)\.(pkcs8|pkcs1|spki)://(.*)$~s', $text, $found)) {
            $label = ['pkcs8' => 'PRIVATE KEY', 'spki' => 'PUBLIC KEY'][$found[2]]
                ?? 'RSA ' . \strtoupper($found[1]) . ' KEY';
            $text = "-----BEGIN {$label}-----\n" . \chunk_split($found[3], 64, "\n") . "-----END {$label}-----\n";
        }
        $key = $type === self::KEY_TYPE_PUBLIC
            ? @\openssl_pkey_get_public($text)
            : @\openssl_pkey_get_private($text);
        if ($key === false) {
            throw new \UnexpectedValueException(\Oracle\message('key'));
        }
        return $key;
    }

    public static function fromPkcs8(string $thing)
    {
        return self::from("private.pkcs8://{$thing}", self::KEY_TYPE_PRIVATE);
    }

    public static function fromPkcs1(string $thing, string $type = self::KEY_TYPE_PRIVATE)
    {
        return self::from("{$type}.pkcs1://{$thing}", $type);
    }

    public static function fromSpki(string $thing)
    {
        return self::from("public.spki://{$thing}", self::KEY_TYPE_PUBLIC);
    }

    public static function sign(string $message, $privateKey): string
    {
        if (!\openssl_sign($message, $signature, self::from($privateKey), \OPENSSL_ALGO_SHA256)) {
            throw new \UnexpectedValueException(\Oracle\message('crypto'));
        }
        return \base64_encode($signature);
    }

    public static function verify(string $message, string $signature, $publicKey): bool
    {
        $key = self::from($publicKey, self::KEY_TYPE_PUBLIC);
        return \openssl_verify($message, (string) \base64_decode($signature), $key, \OPENSSL_ALGO_SHA256) === 1;
    }

    /** No ciphertext, as that is another each time: a mark that both sides of the comparison write. */
    public static function encrypt(string $plaintext, $publicKey, int $padding = \OPENSSL_PKCS1_OAEP_PADDING): string
    {
        self::from($publicKey, self::KEY_TYPE_PUBLIC);
        return '{{enc:' . \base64_encode($plaintext) . '}}';
    }

    public static function decrypt(string $ciphertext, $privateKey, int $padding = \OPENSSL_PKCS1_OAEP_PADDING): string
    {
        $key = self::from($privateKey);
        if (\preg_match('~^\{\{enc:(.*)\}\}$~', $ciphertext, $found)) {
            return (string) \base64_decode($found[1]);
        }
        if (!@\openssl_private_decrypt((string) \base64_decode($ciphertext), $plain, $key, $padding)) {
            throw new \UnexpectedValueException(\Oracle\message('crypto'));
        }
        return $plain;
    }
}

namespace WeChatPay\Util;

use GuzzleHttp\Psr7\MultipartStream;
use WeChatPay\Crypto\Rsa;

final class PemUtil
{
    public static function loadCertificate(string $file)
    {
        return self::loadCertificateFromString((string) \file_get_contents(\preg_replace('~^file://~', '', $file)));
    }

    public static function loadCertificateFromString(string $pem)
    {
        $made = @\openssl_x509_read($pem);
        if ($made === false) {
            throw new \UnexpectedValueException(\Oracle\message('key'));
        }
        return $made;
    }

    public static function loadPrivateKey(string $file)
    {
        return Rsa::from((string) \file_get_contents(\preg_replace('~^file://~', '', $file)));
    }

    public static function loadPrivateKeyFromString(string $pem)
    {
        return Rsa::from($pem);
    }

    public static function parseCertificateSerialNo($certificate): string
    {
        if (\is_string($certificate) && \is_file(\preg_replace('~^file://~', '', $certificate))) {
            $certificate = (string) \file_get_contents($certificate);
        }
        $info = @\openssl_x509_parse($certificate);
        if ($info === false) {
            throw new \UnexpectedValueException(\Oracle\message('key'));
        }
        return \strtoupper($info['serialNumberHex']);
    }
}

final class MediaUtil
{
    private const TYPES = [
        'jpg' => 'image/jpeg', 'jpeg' => 'image/jpeg', 'png' => 'image/png', 'bmp' => 'image/bmp',
        'csv' => 'text/csv', 'pdf' => 'application/pdf', 'mp4' => 'video/mp4',
    ];

    private ?string $meta = null;
    private string $text;

    public function __construct(private string $path, $stream = null)
    {
        $this->text = $stream === null ? (string) \file_get_contents($path) : (string) $stream;
    }

    public function getMeta(): string
    {
        return $this->meta ?? \json_encode([
            'filename' => \basename($this->path),
            'sha256' => \hash('sha256', $this->text),
        ]);
    }

    public function setMeta(?string $json = null): int
    {
        $this->meta = $json;
        return \strlen((string) $json);
    }

    public function getStream(): MultipartStream
    {
        $ending = \strtolower(\pathinfo($this->path, \PATHINFO_EXTENSION));
        return new MultipartStream([
            ['name' => 'meta', 'contents' => $this->getMeta(), 'type' => 'application/json'],
            [
                'name' => 'file', 'filename' => \basename($this->path), 'contents' => $this->text,
                'type' => self::TYPES[$ending] ?? null,
            ],
        ]);
    }

    public function getContentType(): string
    {
        return 'multipart/form-data; boundary=' . $this->getStream()->getBoundary();
    }
}
