<?php
/* @oracle {"foreign": {"LoggerInterface->info": [null], "LoggerInterface->error": [null], "logger->info": [null], "logger->error": [null]}, "runs": [{"answers": [{"h5_url": "https://wx.tenpay.com/1"}]}, {"answers": ["broken"]}, {"answers": [[401, {"code": "SIGN_ERROR", "message": "m"}]]}],
 "calls": [{"new": "App\\Payment\\PaymentGateway", "with": ["@instance", "@foreign:LoggerInterface", "wx1"], "call": "h5", "args": ["N1", 100, "10.0.0.1"]}]} */

declare(strict_types=1);

namespace App\Payment;

use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\GuzzleException;
use Psr\Log\LoggerInterface;
use WeChatPay\BuilderChainable;

final class PaymentGateway
{
    public function __construct(
        private readonly BuilderChainable $client,
        private readonly LoggerInterface $logger,
        private readonly string $appid,
    ) {
    }

    public function h5(string $orderNo, int $amount, string $ip): string
    {
        try {
            $response = $this->client->chain('v3/pay/transactions/h5')->post(['json' => [
                'appid' => $this->appid,
                'mchid' => '1900000109',
                'out_trade_no' => $orderNo,
                'amount' => ['total' => $amount, 'currency' => 'CNY'],
                'scene_info' => ['payer_client_ip' => $ip, 'h5_info' => ['type' => 'Wap']],
            ]]);
        } catch (ClientException $e) {
            $this->logger->error('refused', ['order' => $orderNo, 'status' => $e->getResponse()->getStatusCode()]);
            throw new \DomainException("order {$orderNo} was refused", 0, $e);
        } catch (GuzzleException $e) {
            $this->logger->error('unknown', ['order' => $orderNo]);
            throw new \RuntimeException('unknown outcome', 1, $e);
        }
        $this->logger->info('created', ['order' => $orderNo]);

        return json_decode((string) $response->getBody(), true)['h5_url'];
    }
}
