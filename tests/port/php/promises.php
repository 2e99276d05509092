<?php
// Promises in the order in which Guzzle's settle: a callback runs from the queue, never at once; `wait` runs what
// makes the value, then the queue.

declare(strict_types=1);

namespace GuzzleHttp\Promise;

interface PromiseInterface
{
    public const PENDING = 'pending';
    public const FULFILLED = 'fulfilled';
    public const REJECTED = 'rejected';

    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface;
    public function otherwise(callable $onRejected): PromiseInterface;
    public function getState(): string;
    public function resolve($value): void;
    public function reject($reason): void;
    public function cancel(): void;
    public function wait(bool $unwrap = true);
}

/** A reason that is no exception, where one has to be thrown. */
class RejectionException extends \RuntimeException
{
    private $reason;

    public function __construct($reason, ?string $description = null)
    {
        $this->reason = $reason;
        parent::__construct(\Oracle\message('rejection') . ($description ?? ''));
    }

    public function getReason()
    {
        return $this->reason;
    }
}

class CancellationException extends RejectionException
{
}

/** What has to run next. */
final class TaskQueue
{
    private array $tasks = [];

    public function isEmpty(): bool
    {
        return $this->tasks === [];
    }

    public function add(callable $task): void
    {
        $this->tasks[] = $task;
    }

    public function run(): void
    {
        while ($this->tasks !== []) {
            \array_shift($this->tasks)();
        }
    }
}

class Promise implements PromiseInterface
{
    private string $state = self::PENDING;
    private $result = null;
    /** @var list<array{Promise, ?callable, ?callable}> */
    private array $waiting = [];
    /** @var ?callable what makes the value */
    private $make;
    /** @var ?callable */
    private $giveUp;
    private ?Promise $source = null;

    public function __construct(?callable $make = null, ?callable $giveUp = null)
    {
        $this->make = $make;
        $this->giveUp = $giveUp;
    }

    public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface
    {
        $next = new self();
        $next->source = $this;
        $this->listen([$next, $onFulfilled, $onRejected]);
        return $next;
    }

    public function otherwise(callable $onRejected): PromiseInterface
    {
        return $this->then(null, $onRejected);
    }

    public function getState(): string
    {
        return $this->state;
    }

    public function resolve($value): void
    {
        $this->settle(self::FULFILLED, $value);
    }

    public function reject($reason): void
    {
        $this->settle(self::REJECTED, $reason);
    }

    public function cancel(): void
    {
        if ($this->state !== self::PENDING) {
            return;
        }
        $giveUp = $this->giveUp;
        $this->make = $this->giveUp = null;
        if ($giveUp !== null) {
            $giveUp();
        }
        if ($this->state === self::PENDING) {
            $this->reject(new CancellationException('Promise has been cancelled'));
        }
    }

    public function wait(bool $unwrap = true)
    {
        $this->settleNow();
        if ($this->result instanceof PromiseInterface) {
            return $this->result->wait($unwrap);
        }
        if (!$unwrap) {
            return null;
        }
        if ($this->state === self::FULFILLED) {
            return $this->result;
        }
        throw Create::exceptionFor($this->result);
    }

    private function settleNow(): void
    {
        if ($this->state !== self::PENDING) {
            return;
        }
        if ($this->make !== null) {
            $make = $this->make;
            $this->make = null;
            try {
                $make(true);
            } catch (\Throwable $reason) {
                if ($this->state !== self::PENDING) {
                    throw $reason;
                }
                $this->reject($reason);
            }
        } elseif ($this->source !== null) {
            $source = $this->source;
            do {
                $source->settleNow();
                $source = $source->result;
            } while ($source instanceof self);
            if ($source instanceof PromiseInterface) {
                $source->wait(false);
            }
        }
        Utils::queue()->run();
        if ($this->state === self::PENDING) {
            $this->reject('Invoking the wait callback did not resolve the promise');
            Utils::queue()->run();
        }
    }

    private function settle(string $state, $value): void
    {
        if ($this->state !== self::PENDING) {
            if ($this->state === $state && $this->result === $value) {
                return;
            }
            throw new \LogicException("The promise is already {$this->state}.");
        }
        if ($value === $this) {
            throw new \LogicException('Cannot fulfill or reject a promise with itself');
        }
        [$this->state, $this->result] = [$state, $value];
        $waiting = $this->waiting;
        $this->waiting = [];
        $this->make = $this->giveUp = $this->source = null;
        foreach ($waiting as $listener) {
            $this->listen($listener);
        }
    }

    /** @param array{Promise, ?callable, ?callable} $listener */
    private function listen(array $listener): void
    {
        if ($this->state === self::PENDING) {
            $this->waiting[] = $listener;
        } elseif ($this->result instanceof self) {
            $this->result->listen($listener);
        } elseif ($this->result instanceof PromiseInterface) {
            $this->result->then(
                static fn ($value) => self::call($listener, true, $value),
                static fn ($reason) => self::call($listener, false, $reason)
            );
        } else {
            [$fulfilled, $value] = [$this->state === self::FULFILLED, $this->result];
            Utils::queue()->add(static fn () => self::call($listener, $fulfilled, $value));
        }
    }

    private static function call(array $listener, bool $fulfilled, $value): void
    {
        [$next, $onFulfilled, $onRejected] = $listener;
        if ($next->state !== self::PENDING) {
            return;
        }
        $callback = $fulfilled ? $onFulfilled : $onRejected;
        try {
            if ($callback !== null) {
                $next->resolve($callback($value));
            } elseif ($fulfilled) {
                $next->resolve($value);
            } else {
                $next->reject($value);
            }
        } catch (\Throwable $reason) {
            $next->reject($reason);
        }
    }
}

class FulfilledPromise extends Promise
{
    public function __construct($value)
    {
        parent::__construct();
        $this->resolve($value);
    }
}

class RejectedPromise extends Promise
{
    public function __construct($reason)
    {
        parent::__construct();
        $this->reject($reason);
    }
}

final class Create
{
    public static function promiseFor($value): PromiseInterface
    {
        return $value instanceof PromiseInterface ? $value : new FulfilledPromise($value);
    }

    public static function rejectionFor($reason): PromiseInterface
    {
        return $reason instanceof PromiseInterface ? $reason : new RejectedPromise($reason);
    }

    public static function exceptionFor($reason): \Throwable
    {
        return $reason instanceof \Throwable ? $reason : new RejectionException($reason);
    }
}

final class Utils
{
    private static ?TaskQueue $queue = null;

    public static function queue(): TaskQueue
    {
        return self::$queue ??= new TaskQueue();
    }

    /** All values; the first failure is thrown. */
    public static function unwrap(iterable $promises): array
    {
        $values = [];
        foreach ($promises as $key => $promise) {
            $values[$key] = Create::promiseFor($promise)->wait();
        }
        return $values;
    }

    public static function all($promises, bool $recursive = false): PromiseInterface
    {
        $all = [];
        foreach ($promises as $key => $promise) {
            $all[$key] = Create::promiseFor($promise);
        }
        $result = new Promise(static function () use ($all): void {
            foreach ($all as $promise) {
                $promise->wait(false);
            }
        });
        $values = [];
        if ($all === []) {
            $result->resolve([]);
        }
        foreach ($all as $key => $promise) {
            $promise->then(
                static function ($value) use (&$values, $all, $key, $result): void {
                    $values[$key] = $value;
                    if (\count($values) === \count($all) && $result->getState() === PromiseInterface::PENDING) {
                        $ordered = [];
                        foreach ($all as $name => $_) {
                            $ordered[$name] = $values[$name];
                        }
                        $result->resolve($ordered);
                    }
                },
                static function ($reason) use ($result): void {
                    if ($result->getState() === PromiseInterface::PENDING) {
                        $result->reject($reason);
                    }
                }
            );
        }
        return $result;
    }

    public static function settle($promises): PromiseInterface
    {
        $watched = [];
        foreach ($promises as $key => $promise) {
            $watched[$key] = Create::promiseFor($promise)->then(
                static fn ($value) => ['state' => PromiseInterface::FULFILLED, 'value' => $value],
                static fn ($reason) => ['state' => PromiseInterface::REJECTED, 'reason' => $reason]
            );
        }
        return self::all($watched);
    }
}
