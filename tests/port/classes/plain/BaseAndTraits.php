<?php
/* @oracle {"runs": [{"answers": [{"ok": 1}, {"ok": 2}]}, {"answers": [[400, {"code": "A", "message": "bad"}], "timeout"]}], "calls": [{"new": "App\\Pay\\RefundPay", "with": ["@instance", 5, "wx1"], "call": "refund", "args": ["N1", 7]}, {"new": "App\\Pay\\RefundPay", "with": ["@instance", 5, "wx1"], "call": "name"}, {"new": "App\\Pay\\RefundPay", "with": ["@instance", 5, "wx1"], "call": "limits"}, {"new": "App\\Pay\\ClosePay", "with": ["@instance"], "call": "name"}, {"new": "App\\Pay\\ClosePay", "with": ["@instance"], "call": "close", "args": ["N2"]}]} */

namespace App\Pay;

use WeChatPay\BuilderChainable;

trait Logs
{
    private array $lines = [];

    protected function note(string $text): void
    {
        $this->lines[] = static::class . ' ' . $text;
    }

    public function lines(): string
    {
        return implode("\n", $this->lines);
    }
}

trait Money
{
    use Logs;

    protected static string $currency = 'CNY';

    abstract public function name(): string;

    protected function amount(int $total): array
    {
        $this->note($this->name() . $total);
        return ['total' => $total, 'currency' => self::CURRENCY];
    }
}

abstract class BasePay
{
    public const LIMIT = 10;
    protected const PATH = 'v3/pay';

    protected array $options = ['a' => 1];
    protected $mchid;

    public function __construct(protected BuilderChainable $client, string $mchid = '1900000109')
    {
        $text = 'merchant ';
        $this->mchid = $mchid;
        $this->options['text'] = $text . $mchid;
    }

    abstract public function name(): string;

    protected function send(string $path, array $json): array
    {
        try {
            $response = $this->client->chain(static::PATH . $path)->post(['json' => $json + $this->extra()]);
            return ['ok' => true, 'status' => $response->getStatusCode(), 'limit' => static::LIMIT];
        } catch (\GuzzleHttp\Exception\ClientException $e) {
            return ['ok' => false, 'status' => $e->getCode()];
        }
    }

    protected function extra(): array
    {
        return ['mchid' => $this->mchid];
    }
}

class RefundPay extends BasePay
{
    use Money;

    public const LIMIT = 20;
    protected const PATH = 'v3/refund';
    private const CURRENCY = 'USD';

    private string $appid;

    public function __construct(BuilderChainable $client, $mchid, string $appid)
    {
        $text = 'refund ';
        parent::__construct($client, $mchid);
        $this->appid = $text . $appid;
    }

    public function name(): string
    {
        return 'refund ' . $this->mchid . json_encode($this->options) . $this->appid;
    }

    protected function extra(): array
    {
        return ['appid' => $this->appid] + parent::extra();
    }

    public function refund(string $no, int $total): array
    {
        return $this->send('/domestic/refunds', ['out_refund_no' => $no, 'amount' => $this->amount($total)]) + ['log' => $this->lines()];
    }

    public function limits(): string
    {
        return self::LIMIT . ' ' . static::LIMIT;
    }
}

class ClosePay extends BasePay
{
    public function name(): string
    {
        return 'close ' . $this->mchid . json_encode($this->options);
    }

    public function close(string $no): array
    {
        return $this->send('/transactions/out-trade-no/' . strtolower($no) . '/close', []);
    }
}
