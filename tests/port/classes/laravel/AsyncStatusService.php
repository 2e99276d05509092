<?php
/* @oracle {"foreign": {"Cache::put": [true], "Log::error": [null]}, "runs": [{"answers": [{"status": "SUCCESS", "amount": {"refund": 5}}]}, {"answers": [[404, {"code": "RESOURCE_NOT_EXISTS", "message": "none"}]]}, {"answers": ["timeout"]}],
 "calls": [{"new": "App\\Services\\AsyncStatusService", "with": ["@instance"], "call": "refresh", "args": ["R1"]}]} */

namespace App\Services;

use GuzzleHttp\Exception\ConnectException;
use Illuminate\Support\Facades\Cache;
use Illuminate\Support\Facades\Log;
use Psr\Http\Message\ResponseInterface;

class AsyncStatusService
{
    public function __construct(private $client)
    {
    }

    public function refresh(string $refundNo): string
    {
        return $this->client->v3->refund->domestic->refunds->_out_refund_no_
            ->getAsync(['out_refund_no' => $refundNo])
            ->then(function (ResponseInterface $response) use ($refundNo) {
                $data = json_decode((string) $response->getBody(), true);
                Cache::put('refund:' . $refundNo, $data['status'], 60);

                return $data['status'];
            })
            ->otherwise(function ($e) {
                if ($e instanceof ConnectException) {
                    return 'UNKNOWN';
                }
                Log::error('refund', ['code' => $e->getCode()]);

                return 'FAILED';
            })
            ->wait();
    }
}
