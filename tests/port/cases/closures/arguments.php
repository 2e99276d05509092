<?php
/* @oracle {"answers": [{"code_url": "weixin://1"}, {"trade_state": "PAID"}, [400, {"code": "PARAM_ERROR", "message": "no"}], "html"],
 "calls": [{"new": "Api", "with": ["@instance"], "call": "native", "args": [{"out_trade_no": "A1"}]}, {"new": "Api", "with": ["@instance"], "call": "state", "args": ["T1"]}, {"new": "Api", "with": ["@instance"], "call": "state", "args": ["T2"]}, {"new": "Api", "with": ["@instance"], "call": "native", "args": [{"out_trade_no": "A2"}]}]} */
use GuzzleHttp\Exception\ClientException;

class Api
{
    private $client;

    public function __construct(\WeChatPay\BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function native(array $order): array
    {
        return $this->call(fn ($builder) => $builder->chain('v3/pay/transactions/native')->post(['json' => $order]));
    }

    public function state($id)
    {
        $default = ['trade_state' => 'unknown of ' . $id];
        $data = $this->call(
            function ($builder, $try) use ($id) {
                echo "try $try\n";
                return $builder->chain('v3/pay/transactions/id/{id}')->get(['id' => $id]);
            },
            function (\Exception $e) use ($default) {
                return $default + ['status' => $e->getCode()];
            }
        );
        return $data;
    }

    protected function call(callable $apiCall, callable $otherwise = null)
    {
        try {
            $response = $apiCall($this->client, 1);
            return json_decode((string) $response->getBody(), true) ?? ['nothing' => true];
        } catch (ClientException $e) {
            if ($otherwise !== null) {
                return call_user_func($otherwise, $e);
            }
            throw $e;
        }
    }
}
