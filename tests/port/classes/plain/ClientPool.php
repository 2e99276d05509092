<?php
/* @oracle {"answers": [{"a": 1}, {"a": 2}, "timeout", {"a": 3}, {"a": 4}, {"a": 5}],
 "calls": [{"new": "Runs", "with": ["@file:merchant_key", "@file:platform_pub"], "call": "all"}]} */

use WeChatPay\Builder;
use WeChatPay\BuilderChainable;
use WeChatPay\Crypto\Rsa;

class Runs
{
    /** @var array<string, BuilderChainable> */
    private array $pool = [];
    private static $shared = [];
    private $key;
    private $platform;
    private $made = 0;

    public function __construct($key, $platform)
    {
        $this->key = $key;
        $this->platform = $platform;
    }

    public function all(): array
    {
        $out = [$this->has('1900000109')];
        $out[] = $this->state('1900000109');
        $out[] = $this->state(1900000109);
        try {
            $out[] = $this->state('1900000109');
        } catch (\GuzzleHttp\Exception\ConnectException $e) {
            $out[] = 'unknown';
        }
        $out[] = [$this->made, $this->has('1900000109'), $this->has('2')];
        $this->forget('1900000109');
        $this->forget('none');
        $out[] = [$this->made, $this->has('1900000109')];
        $out[] = $this->checked('1900000109')->chain('v3/certificates')->get()->getStatusCode();
        $out[] = $this->made;
        $out[] = $this->direct('1900000109');
        $this->pool = [];
        $out[] = $this->direct('1900000109');
        $out[] = self::shared('1900000109', $this->key, $this->platform)->chain('v3/certificates')->get()->getStatusCode();
        $out[] = isset(self::$shared['1900000109']) && !isset(self::$shared['x']);
        return $out;
    }

    public function of(string $id): BuilderChainable
    {
        return $this->pool[$id] ??= $this->create($id);
    }

    private function state($id): int
    {
        return json_decode((string) $this->of((string) $id)->chain('v3/certificates')->get()->getBody(), true)['a'];
    }

    private function checked($id)
    {
        if (!array_key_exists($this->counted($id), $this->pool)) {
            $client = $this->create($id);
            $this->pool[$this->counted($id)] = $client;
        }
        return $this->pool[$this->counted($id)] ??= $this->create('never');
    }

    private function counted($id)
    {
        $this->made += 10;
        return $id;
    }

    private function direct($id)
    {
        if (empty($this->pool[$id])) {
            return 'none';
        }
        return $this->pool[$id]->v3->certificates->get()->getStatusCode();
    }

    public function has($id): bool
    {
        return isset($this->pool[$id]);
    }

    public function forget($id): void
    {
        unset($this->pool[$id]);
    }

    private static function shared($id, $key, $platform)
    {
        if (!isset(self::$shared[$id])) {
            self::$shared[$id] = Builder::factory([
                'mchid' => $id,
                'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
                'privateKey' => Rsa::from($key),
                'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($platform, Rsa::KEY_TYPE_PUBLIC)],
            ]);
        }
        return self::$shared[$id];
    }

    private function create($id): BuilderChainable
    {
        $this->made++;
        return Builder::factory([
            'mchid' => $id,
            'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
            'privateKey' => Rsa::from($this->key),
            'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($this->platform, Rsa::KEY_TYPE_PUBLIC)],
        ]);
    }
}
