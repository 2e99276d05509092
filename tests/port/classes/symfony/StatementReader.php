<?php
/* @oracle {"answers": [{"data": [{"serial_no": "S1", "effective_time": "2024"}, {"serial_no": "S2", "effective_time": "2025"}]}],
 "calls": [{"new": "App\\Bill\\StatementReader", "with": ["@instance"], "call": "serials"}]} */

declare(strict_types=1);

namespace App\Bill;

use Psr\Http\Message\ResponseInterface;

final class StatementReader
{
    private const PATH = 'v3/certificates';

    public function __construct(private readonly \WeChatPay\BuilderChainable $client)
    {
    }

    /** @return array<string, string> */
    public function serials(): array
    {
        $rows = $this->decode($this->client->chain(self::PATH)->get())['data'];

        return array_combine(array_column($rows, 'serial_no'), array_map(static fn (array $row): string => $row['effective_time'], $rows));
    }

    private function decode(ResponseInterface $response): array
    {
        return json_decode((string) $response->getBody(), true);
    }
}
