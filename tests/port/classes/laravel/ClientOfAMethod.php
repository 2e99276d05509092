<?php
/* @oracle {"answers": [{"data": 1}], "runs": [{"calls": [
 {"new": "App\\Services\\ClientOfAMethod", "with": ["@file:merchant_key", "@file:platform_cert"], "call": "certificates", "args": []}], "signed_by": "5157F09EFDC1"}]} */

namespace App\Services;

use OpenSSLAsymmetricKey;
use WeChatPay\Builder;
use WeChatPay\BuilderChainable;
use WeChatPay\Crypto\Rsa;
use WeChatPay\Util\PemUtil;

class ClientOfAMethod
{
    private BuilderChainable $client;
    private OpenSSLAsymmetricKey $key;
    private $state;

    public function __construct(private string $keyFile, private string $certificate)
    {
        $this->prepare();
    }

    protected function prepare(): void
    {
        $this->key = Rsa::from($this->keyFile, Rsa::KEY_TYPE_PRIVATE);
        $this->client = Builder::factory([
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => $this->key,
            'certs' => [PemUtil::parseCertificateSerialNo($this->certificate) => Rsa::from($this->certificate, Rsa::KEY_TYPE_PUBLIC)],
        ]);
    }

    public function certificates(): array
    {
        $before = $this->state;
        $this->state = 'asked';
        $data = json_decode((string) $this->client->chain('v3/certificates')->get()->getBody(), true);
        return [$before, $this->state, $data['data'], strlen(Rsa::sign('text', $this->key))];
    }
}
