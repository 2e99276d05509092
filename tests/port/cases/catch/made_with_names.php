<?php
/* @oracle {"calls": [
    {"function": "named", "args": [1]}, {"function": "named", "args": [2]}, {"function": "named", "args": [3]},
    {"function": "own", "args": []}, {"function": "read", "args": []}]} */
final class ComplaintException extends \RuntimeException
{
}

function named(int $which)
{
    try {
        throw new \LogicException('first', 7);
    } catch (\LogicException $e) {
        if ($which === 1) {
            throw new \RuntimeException('second', previous: $e);
        }
        if ($which === 2) {
            throw new \DomainException(code: 9, message: 'third');
        }
        throw new \Exception(previous: $e);
    }
}

function own()
{
    try {
        named(1);
    } catch (\RuntimeException $e) {
        throw new ComplaintException('own: ' . $e->getPrevious()->getMessage(), previous: $e);
    }
}

function told(?\Throwable $e): array
{
    return [$e?->getMessage(), $e?->getCode(), mb_substr((string) $e?->getMessage(), 0, 3), $e?->getMessage() ?? 'none'];
}

function read()
{
    return [told(null), told(new ComplaintException('a text', 4))];
}
