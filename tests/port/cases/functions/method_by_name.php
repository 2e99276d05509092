<?php
/* @oracle {"answers": [{"code_url": "u"}], "runs": [
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "pay", "args": ["native", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "pay", "args": ["NATIVE", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "pay", "args": ["h5", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "pay", "args": ["none", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "called", "args": ["payNative", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "called", "args": ["no", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "listed", "args": ["payh5", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "undefined", "args": ["payNative", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "undefined", "args": ["nothing", "T1"]}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "known"}]},
 {"calls": [{"new": "Gateway", "with": ["@instance"], "call": "all", "args": [["a", "b"]]}]}]} */

class Gateway
{
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function pay($type, $no)
    {
        $method = 'pay' . ucfirst(strtolower($type));
        if (!method_exists($this, $method)) {
            return 'unknown ' . $method;
        }
        return $this->$method($no);
    }

    public function called($method, $no)
    {
        try {
            return call_user_func([$this, "$method"], $no);
        } catch (\TypeError $e) {
            return $e->getMessage();
        }
    }

    public function listed($method, $no)
    {
        return call_user_func_array([$this, $method], [$no, 'more']);
    }

    public function undefined($method, $no)
    {
        try {
            return $this->{$method}($no);
        } catch (\Error $e) {
            return $e->getMessage();
        }
    }

    public function known()
    {
        return [method_exists($this, 'paynative'), method_exists($this, 'none'), method_exists($this, '__construct')];
    }

    public function all($list)
    {
        $self = $this;
        return array_map(function ($item) use ($self) {
            return $self->payH5($item);
        }, $list);
    }

    protected function payNative($no)
    {
        $response = $this->client->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no]]);
        return json_decode($response->getBody(), true)['code_url'];
    }

    private function payH5($no, $more = 'none')
    {
        return ['h5', $no, $more];
    }
}
