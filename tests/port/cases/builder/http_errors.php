<?php
/* @oracle {"runs": [
  {"answers": [[404, {"code": "ORDER_NOT_EXIST", "message": "no"}]], "calls": [{"new": "Bills", "with": ["@instance"], "call": "state", "args": ["A1"]}]},
  {"answers": [[500, {"code": "SYSTEM_ERROR"}]], "calls": [{"new": "Bills", "with": ["@instance"], "call": "state", "args": ["A1"]}]},
  {"answers": [{"trade_state": "SUCCESS"}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "state", "args": ["A1"]}]},
  {"answers": ["timeout"], "calls": [{"new": "Bills", "with": ["@instance"], "call": "state", "args": ["A1"]}]},
  {"answers": [[404, {"code": "ORDER_NOT_EXIST"}], [404, {"code": "ORDER_NOT_EXIST"}]], "calls": [{"new": "Bills", "with": ["@instance"], "call": "both", "args": ["A1"]}]},
  {"answers": [[403, {"code": "NO_AUTH"}]], "calls": [{"new": "Bills", "with": ["@instance"], "call": "later", "args": ["A1"]}]},
  {"answers": [[429, {"code": "FREQUENCY_LIMITED"}]], "calls": [{"function": "own", "args": ["@file:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"answers": [[429, {"code": "FREQUENCY_LIMITED"}]], "calls": [{"function": "kept", "args": ["@file:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"answers": [{"data": []}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "unchecked"}]},
  {"answers": [{"status": 404, "signed": false, "body": "<html>no</html>"}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "state", "args": ["A1"]}]},
  {"answers": [{"status": 404, "signed": false}, {"prepay_id": "wx1"}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "again", "args": ["A1"]}]},
  {"answers": [[404, {"code": "ORDER_NOT_EXIST"}], {"prepay_id": "wx1"}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "again", "args": ["A1"]}]},
  {"answers": [{"status": 502, "signed": false, "body": "<html>bad gateway</html>"}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "caught", "args": ["A1"]}]},
  {"answers": [{"status": 404, "signed": false}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "caught", "args": ["A1"]}]},
  {"answers": ["badsign"], "calls": [{"new": "Bills", "with": ["@instance"], "call": "caught", "args": ["A1"]}]},
  {"answers": [{"status": 403, "signed": false}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "later", "args": ["A1"]}]},
  {"answers": [{"status": 404, "signed": false, "body": "gone"}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "file"}]},
  {"answers": [{"status": 404, "signed": false}], "calls": [{"function": "kept", "args": ["@file:merchant_key", {"key": "@pem:platform_pub"}]}]},
  {"answers": [{"status": 404, "signed": false}], "calls": [{"new": "Bills", "with": ["@instance"], "call": "stack"}]},
  {"answers": [[404, {"code": "NOT_FOUND"}]], "calls": [{"new": "Bills", "with": ["@instance"], "call": "stack"}]}
]} */

use WeChatPay\Builder;
use WeChatPay\BuilderChainable;

/** Calls whose answers are no exceptions, whatever their status is. */
class Bills
{
    private BuilderChainable $client;

    public function __construct(BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function state(string $no): array
    {
        $response = $this->client->chain("v3/pay/transactions/out-trade-no/{$no}")->get([
            'query' => ['mchid' => '1900000109'],
            'http_errors' => false,
        ]);
        if ($response->getStatusCode() !== 200) {
            return ['failed' => $response->getStatusCode(), 'why' => (string) $response->getBody()];
        }
        return json_decode((string) $response->getBody(), true);
    }

    /** The option is of one call. */
    public function both(string $no): string
    {
        $first = $this->client->v3->pay->transactions->id->{$no}->get(['query' => ['mchid' => '1'], 'http_errors' => false]);
        try {
            $this->client->v3->pay->transactions->id->{$no}->get(['query' => ['mchid' => '1']]);
        } catch (\GuzzleHttp\Exception\ClientException $e) {
            return $first->getStatusCode() . ' and thrown ' . $e->getResponse()->getStatusCode();
        }
        return 'both';
    }

    public function later(string $no): int
    {
        return $this->client->chain('v3/refund/domestic/refunds/{no}')
            ->getAsync(['no' => $no, 'http_errors' => false])
            ->then(static function ($response) {
                return $response->getStatusCode();
            })
            ->otherwise(static function ($e) {
                return -1;
            })
            ->wait();
    }

    /** Only WeChat Pay can say that there is no order. The page of a proxy cannot. */
    public function again(string $no): string
    {
        $response = $this->client->chain("v3/pay/transactions/out-trade-no/{$no}")->get([
            'query' => ['mchid' => '1900000109'],
            'http_errors' => false,
        ]);
        if ($response->getStatusCode() === 404) {
            $paid = $this->client->chain('v3/pay/transactions/jsapi')->post(['json' => ['out_trade_no' => $no . '-2']]);
            return 'paid again ' . $paid->getStatusCode();
        }
        return 'known';
    }

    public function caught(string $no): string
    {
        try {
            $this->client->chain("v3/pay/transactions/id/{$no}")->get(['query' => ['mchid' => '1'], 'http_errors' => false]);
        } catch (\GuzzleHttp\Exception\BadResponseException $e) {
            return 'wrong class';
        } catch (\GuzzleHttp\Exception\RequestException $e) {
            $response = $e->getResponse();
            return 'untrusted ' . $e->getCode() . ' ' . $response->getStatusCode() . $response->getBody();
        }
        return 'trusted';
    }

    /** PHP checks no answer of this path. */
    public function file(): string
    {
        $response = $this->client->chain('v3/billdownload/file')->get(['query' => ['token' => 'x'], 'http_errors' => false]);
        return $response->getStatusCode() . $response->getBody();
    }

    public function stack(): int
    {
        $stack = clone $this->client->getDriver()->select()->getConfig('handler');
        $stack->remove('http_errors');
        return $this->client->chain('v3/certificates')->get(['handler' => $stack])->getStatusCode();
    }

    public function unchecked(): int
    {
        return $this->client->chain('v3/certificates')
            ->get(['curl' => [CURLOPT_SSL_VERIFYPEER => false, CURLOPT_SSL_VERIFYHOST => 0], 'verify' => false])
            ->getStatusCode();
    }
}

function own($keyPath, $config)
{
    $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => file_get_contents($keyPath),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
        'http_errors' => false,
        'verify' => false,
    ]);
    $response = $client->chain('v3/certificates')->get();
    return $response->getStatusCode() . $response->getBody();
}

function kept($keyPath, $config)
{
    $settings = [
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => file_get_contents($keyPath),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => $config['key']],
        'http_errors' => false,
        'verify' => false,
    ];
    $client = Builder::factory($settings);
    return $client->chain('v3/certificates')->get()->getStatusCode();
}
