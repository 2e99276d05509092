<?php
/* @oracle {"runs": [
  {"answers": [{"prepay_id": "p1"}], "calls": [{"new": "Checkout", "with": ["@instance"], "call": "pay", "args": [{"type": "JSAPI", "no": "1", "openid": "o"}]}]},
  {"answers": [{"h5_url": "https://h5"}], "calls": [{"new": "Checkout", "with": ["@instance"], "call": "pay", "args": [{"type": "H5", "no": "2"}]}]},
  {"answers": [{"code_url": "weixin://"}], "calls": [{"new": "Checkout", "with": ["@instance"], "call": "pay", "args": [{"type": "NATIVE", "no": "3"}]}]},
  {"answers": [[400, {"code": "PARAM_ERROR", "message": "bad"}]], "calls": [{"new": "Checkout", "with": ["@instance"], "call": "pay", "args": [{"type": "H5", "no": "4"}]}]},
  {"answers": [{"prepay_id": "p1"}], "calls": [{"new": "Checkout", "with": ["@instance"], "call": "pay", "args": [{"type": "other", "no": "5"}]}]}
]} */

class Checkout
{
    private $client;

    public function __construct(\WeChatPay\BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function pay(array $param)
    {
        $self = $this;
        $no = $param['no'];
        $data = ['json' => ['out_trade_no' => $no, 'description' => 'x'], 'trade_type' => 'app'];
        switch ($param['type']) {
            case 'JSAPI':
                $data['json']['payer'] = ['openid' => $param['openid']];
                $data['trade_type'] = 'jsapi';
                $data['callback'] = function ($result) use ($self) {
                    return ['type' => 'jsapi', 'data' => $self->package($result['prepay_id'])];
                };
                break;
            case 'H5':
                $data['trade_type'] = 'h5';
                $data['callback'] = function ($result) use ($no) {
                    $no .= '!';
                    return ['type' => 'url', 'no' => $no, 'url' => $result['h5_url']];
                };
                break;
            case 'NATIVE':
                $data['trade_type'] = 'native';
                $data['callback'] = fn ($result) => $result['code_url'] . $no;
                break;
        }
        $result = $this->unify($data);
        if ($result['code'] != 0) {
            return $result;
        }
        $result = $data['callback']($result['data']);
        return [$result, $no];
    }

    private function package(string $id): string
    {
        return 'prepay_id=' . $id;
    }

    public function unify(array $param)
    {
        try {
            $response = $this->client->chain('v3/pay/transactions/' . $param['trade_type'])->post(['json' => $param['json']]);
            return ['code' => 0, 'data' => json_decode((string) $response->getBody(), true)];
        } catch (\Exception $e) {
            return ['code' => 1];
        }
    }
}
