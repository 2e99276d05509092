<?php
// The interfaces of PSR-7, as far as programs name them in types.

declare(strict_types=1);

namespace Psr\Http\Message;

interface StreamInterface
{
    public function __toString(): string;
}

interface UriInterface
{
    public function __toString(): string;
}

interface MessageInterface
{
    public function getHeaders(): array;
    public function hasHeader(string $name): bool;
    public function getHeader(string $name): array;
    public function getHeaderLine(string $name): string;
    public function getBody(): StreamInterface;
}

interface RequestInterface extends MessageInterface
{
    public function getMethod(): string;
    public function getUri(): UriInterface;
}

interface ResponseInterface extends MessageInterface
{
    public function getStatusCode(): int;
    public function getReasonPhrase(): string;
}
