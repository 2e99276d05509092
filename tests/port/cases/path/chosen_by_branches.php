<?php
/* @oracle {"runs": [
  {"answers": [{"trade_state": "SUCCESS"}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "bySwitch", "args": ["420000", "transaction_id"]}]},
  {"answers": [{"trade_state": "NOTPAY"}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "bySwitch", "args": ["A1", "out_trade_no"]}]},
  {"answers": [], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "bySwitch", "args": ["A1", "other"]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "byMatch", "args": ["A1", "no"]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "byMatch", "args": ["A1", "id"]}]},
  {"answers": [], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "byMatch", "args": ["A1", "x"]}]},
  {"answers": [{"code_url": "weixin://a"}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "byCondition", "args": ["A1", true]}]},
  {"answers": [{"h5_url": "https://b"}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "byCondition", "args": ["A1", false]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "maybe", "args": ["A1", 1]}]},
  {"answers": [{"a": 2}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "maybe", "args": ["A1", 2]}]},
  {"answers": [], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "maybe", "args": ["A1", 3]}]},
  {"answers": [{"a": 1}, {"a": 2}, {"a": 3}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "each", "args": [["A1", "42", "B2"]]}]},
  {"answers": [{"a": 1}], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "async", "args": ["A1", "transaction_id"]}]},
  {"answers": [[404, {"code": "ORDER_NOT_EXIST"}]], "calls": [{"new": "Query", "with": ["@instance", "1900000109"], "call": "async", "args": ["A1", "out_trade_no"]}]}
]} */

use WeChatPay\BuilderChainable;

class Query
{
    private BuilderChainable $instance;
    private string $mchid;

    public function __construct(BuilderChainable $instance, string $mchid)
    {
        $this->instance = $instance;
        $this->mchid = $mchid;
    }

    public function bySwitch(string $code, string $field = 'transaction_id'): array
    {
        switch ($field) {
            case 'transaction_id':
                $path = $this->instance->v3->pay->transactions->id->_transaction_id_;
                break;
            case 'out_trade_no':
                $path = $this->instance->v3->pay->transactions->outTradeNo->_out_trade_no_;
                break;
            default:
                throw new \Exception("no {$field}");
        }
        $response = $path->get(['query' => ['mchid' => $this->mchid], $field => $code]);
        return json_decode((string) $response->getBody(), true);
    }

    public function byMatch(string $code, string $by): string
    {
        $path = match ($by) {
            'id', 'transaction' => $this->instance->chain('v3/pay/transactions/id/{code}'),
            'no' => $this->instance->chain('v3/pay/transactions/out-trade-no/{code}'),
        };
        return (string) $path->get(['query' => ['mchid' => $this->mchid], 'code' => $code])->getBody();
    }

    public function byCondition(string $code, bool $native): string
    {
        $path = $native ? $this->instance->v3->pay->transactions->native : $this->instance->v3->pay->transactions->h5;
        $response = $path->post(['json' => [
            'appid' => 'wx8888888888888888',
            'mchid' => $this->mchid,
            'out_trade_no' => $code,
            'amount' => ['total' => 1],
        ]]);
        $data = json_decode((string) $response->getBody(), true);
        return $data['code_url'] ?? $data['h5_url'];
    }

    /** Without a path, PHP has nothing to call. */
    public function maybe(string $no, int $kind): string
    {
        if ($kind === 1) {
            $path = $this->instance->chain('v3/refund/domestic/refunds/' . $no);
            $no = 'changed';
        } elseif ($kind === 2) {
            $path = $this->instance->chain("v3/pay/transactions/id/{$no}");
        }
        try {
            return $no . $path->get(['query' => ['mchid' => $this->mchid]])->getBody();
        } catch (\Error $e) {
            return 'an error';
        }
    }

    public function each(array $numbers): string
    {
        $all = '';
        foreach ($numbers as $number) {
            if (is_numeric($number)) {
                $path = $this->instance->chain('v3/pay/transactions/id/' . $number);
            } else {
                $path = $this->instance->chain('v3/pay/transactions/out-trade-no/' . $number);
            }
            $all .= $path->get(['query' => ['mchid' => $this->mchid]])->getBody();
        }
        return $all;
    }

    public function async(string $code, string $field): ?array
    {
        if ($field === 'transaction_id') {
            $promise = $this->instance->v3->pay->transactions->id->_transaction_id_;
        } else {
            $promise = $this->instance->v3->pay->transactions->outTradeNo->_out_trade_no_;
        }
        $promise = $promise->getAsync([
            'query' => ['mchid' => $this->mchid],
            $field => $code,
        ])->then(static function ($response) {
            return $response;
        })->otherwise(static function ($e) {
            return $e->getResponse();
        })->wait();
        return json_decode((string) $promise->getBody(), true);
    }
}
