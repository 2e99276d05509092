<?php
/* @oracle {"answers": [{"a": 1}, {"b": 2}, {"c": 3}],
 "foreign": {"load_pay": [{"@object": {"id": 7}}], "pay->query": [["found"]], "load_pay->query": [["found"]]},
 "calls": [
 {"new": "ClientOrSomethingElse", "with": [{"v": "v3"}, "@file:merchant_key", "@file:platform_pub"], "call": "query", "args": ["1"]},
 {"new": "ClientOrSomethingElse", "with": [{"v": "v3"}, "@file:merchant_key", "@file:platform_pub"], "call": "query", "args": ["2"]},
 {"new": "ClientOrSomethingElse", "with": [{"v": "v3"}, "@file:merchant_key", "@file:platform_pub"], "call": "state"},
 {"new": "ClientOrSomethingElse", "with": [{"v": "none"}, "@file:merchant_key", "@file:platform_pub"], "call": "state"},
 {"new": "ClientOrSomethingElse", "with": [{"v": "v2"}, "@file:merchant_key", "@file:platform_pub"], "call": "query", "args": ["3"]},
 {"new": "ClientOrSomethingElse", "with": [{"v": "v3"}, "@file:merchant_key", "@file:platform_pub"], "call": "lazy", "args": ["4"]}]} */

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

class ClientOrSomethingElse
{
    private $pay;
    private $begun = false;
    private $config;
    private $key;
    private $platform;

    public function __construct(array $config, $key, $platform)
    {
        $this->config = $config;
        $this->key = $key;
        $this->platform = $platform;
    }

    private function pay()
    {
        if ($this->pay) {
            return $this->pay;
        }
        if ($this->config['v'] == 'v2') {
            $this->pay = load_pay($this->config['v']);
        } elseif ($this->config['v'] == 'v3') {
            $this->pay = $this->made();
        } else {
            $this->pay = ['error' => 'no version'];
        }
        return $this->pay;
    }

    private function made()
    {
        return Builder::factory([
            'mchid' => '1900000109',
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => Rsa::from($this->key, Rsa::KEY_TYPE_PRIVATE),
            'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($this->platform, Rsa::KEY_TYPE_PUBLIC)],
        ]);
    }

    public function query(string $no)
    {
        $pay = $this->pay();
        if ($this->config['v'] == 'v2') {
            return $pay->query($no);
        }
        return json_decode((string) $pay->chain('v3/pay/transactions/id/' . $no)->get()->getBody(), true);
    }

    public function state()
    {
        $this->pay();
        return [$this->pay === null, is_array($this->pay), empty($this->pay), is_array($this->pay) && isset($this->pay['error']), $this->begun === false];
    }

    public function lazy(string $no): int
    {
        if (!$this->begun) {
            $this->begun = $this->made();
        }
        return $this->begun->chain('v3/pay/transactions/id/' . $no)->get()->getStatusCode() + ($this->begun ? 1 : 0);
    }
}
