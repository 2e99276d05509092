<?php
/* @oracle {"answers": [{"ok": 1}, {"ok": 2}], "application": {"job": ["opts", "prefix"], "serials": []},
 "foreign": {"serials": [["5157F09EFDC1"]]},
 "calls": [
 {"new": "App\\Wechat\\CertificateDownload", "with": [{"key": "v3secretv3secretv3secretv3secret", "mchid": "1900000109"}, "@instance"], "call": "run", "args": ["/tmp/certificates"]},
 {"new": "App\\Wechat\\CertificateDownload", "with": [{"key": "v3secretv3secretv3secretv3secret", "mchid": "1900000109"}, "@instance"], "call": "run", "args": ["/tmp/certificates", true]}]} */

namespace App\Wechat;

use GuzzleHttp\Middleware;
use Psr\Http\Message\ResponseInterface;
use WeChatPay\Builder;
use WeChatPay\BuilderChainable;
use WeChatPay\ClientDecoratorInterface;
use WeChatPay\Crypto\AesGcm;

/** Fills the certificates of the client while it verifies the answer that has them. */
class CertificateDownload
{
    private array $opts;
    private string $prefix = 'wechatpay_';
    private $client;

    public function __construct(array $opts, BuilderChainable $client)
    {
        $this->opts = $opts + ['serialno' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1'];
        $this->client = $client;
    }

    public function run(string $outputDir, bool $again = false): array
    {
        $this->prompt('begins', $outputDir);
        if (!$again) {
            $this->job($outputDir, 'https://api.mch.weixin.qq.com/');
        }
        $this->client->chain('v3/certificates')->get();
        return self::serials($this->opts['mchid'], $again);
    }

    /** After the download. */
    private static function serials(string $mchid, bool $again, string $suffix = '.pem')
    {
        $certs = ['any' => null];
        $instance = Builder::factory([
            'mchid' => $mchid,
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => \file_get_contents('/path/to/merchant/apiclient_key.pem'),
            'certs' => &$certs,
        ]);
        $stack = $instance->getDriver()->select(ClientDecoratorInterface::JSON_BASED)->getConfig('handler');
        $stack->after('verifier', Middleware::mapResponse(static::certsInjector($again ? 'a' : 'b', $certs)), 'injector');
        $instance->chain('v3/certificates')->getAsync(['debug' => false])->wait();
        return \array_keys($certs);
    }

    private function job(string $outputDir, string $baseUri): void
    {
        static $certs = ['any' => null];

        $apiv3Key = (string) $this->opts['key'];
        $instance = Builder::factory([
            'mchid' => $this->opts['mchid'],
            'serial' => $this->opts['serialno'],
            'privateKey' => \file_get_contents((string) $this->opts['privatekey']),
            'certs' => &$certs,
            'base_uri' => $baseUri,
        ]);
        $stack = $instance->getDriver()->select(ClientDecoratorInterface::JSON_BASED)->getConfig('handler');
        $stack->after('verifier', Middleware::mapResponse(self::certsInjector($apiv3Key, $certs)), 'injector');
        $stack->before('verifier', Middleware::mapResponse($this->certsRecorder($outputDir, $certs)), 'recorder');
        $instance->chain('v3/certificates')->getAsync()->otherwise(static function ($exception) {
            self::prompt($exception->getMessage());
        })->wait();
    }

    private static function certsInjector(string $apiv3Key, array &$certs): callable
    {
        return static function (ResponseInterface $response) use ($apiv3Key, &$certs): ResponseInterface {
            $json = \json_decode((string) $response->getBody());
            \array_map(static function ($row) use ($apiv3Key, &$certs) {
                $cert = $row->encrypt_certificate;
                $certs[$row->serial_no] = AesGcm::decrypt($cert->ciphertext, $apiv3Key, $cert->nonce, $cert->associated_data);
            }, $json->data);
            return $response;
        };
    }

    private function certsRecorder(string $outputDir, array &$certs): callable
    {
        return function (ResponseInterface $response) use ($outputDir, &$certs): ResponseInterface {
            foreach ($certs as $serial => $cert) {
                \file_put_contents($outputDir . '/' . $this->prefix . $serial . '.pem', $cert);
            }
            return $response;
        };
    }

    private static function prompt(...$messages): void
    {
        \array_walk($messages, static function (string $message): void {
            \printf('%s%s', $message, \PHP_EOL);
        });
    }
}
