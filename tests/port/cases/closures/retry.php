<?php
/* @oracle {"answers": ["timeout", "connect", {"amount": {"total": 7}}, "timeout", "timeout", "timeout", [403, {"code": "NO_AUTH", "message": "m"}], {"amount": {"total": 9}}],
 "calls": [{"function": "total", "args": ["@instance", "A"]}, {"function": "total", "args": ["@instance", "B"]}, {"function": "total", "args": ["@instance", "C"]}, {"function": "total", "args": ["@instance", "D"]}]} */
use GuzzleHttp\Exception\ConnectException;

function with_retry(callable $fn, int $times = 3)
{
    for ($try = 1; ; $try++) {
        try {
            return $fn($try);
        } catch (ConnectException $e) {
            echo "failed $try\n";
            if ($try >= $times) {
                throw $e;
            }
        }
    }
}

function total($client, string $no): int
{
    $count = 10;
    $key = 'T' . $no;
    $answer = with_retry(function (int $try) use ($client, $key, $count) {
        // Each call begins with the variables of when the closure was made.
        $count++;
        $key .= $try;
        echo "$key $count\n";
        return $client->chain('v3/pay/transactions/id/{id}')->get(['id' => $key]);
    });
    $count++;
    echo "$key $count\n";
    return json_decode((string) $answer->getBody(), true)['amount']['total'];
}
