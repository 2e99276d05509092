<?php
/* @oracle {"answers": [{}, {}, {}], "runs": [
    {"calls": [{"new": "ChainsOfItsOwn", "with": ["@instance"], "call": "all"}]},
    {"calls": [{"new": "ChainsOfItsOwn", "with": ["@instance"], "call": "stepwise"}]},
    {"calls": [{"new": "ChainsOfItsOwn", "with": ["@instance"], "call": "of_several"}]},
    {"calls": [{"new": "ChainsOfItsOwn", "with": ["@instance"], "call": "in_order"}]},
    {"answers": [{"trade_state": "USERPAYING"}, {"trade_state": "SUCCESS"}], "calls": [{"new": "ChainsOfItsOwn", "with": ["@instance"], "call": "pay", "args": ["N1"]}]}
]} */

class ChainsOfItsOwn
{
    private $client;
    private $body = [];

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function no($no)
    {
        $this->body['out_trade_no'] = $no;
        return $this;
    }

    public function fee($fee): self
    {
        if ($fee < 0) {
            throw new InvalidArgumentException('fee');
        }
        $this->body['fee'] = $fee;
        return $this;
    }

    public function both($no, $fee)
    {
        return $this->no($no)->fee($fee);
    }

    private function count()
    {
        $this->body['count'] = ($this->body['count'] ?? 0) + 1;
        return $this->body['count'];
    }

    public function send()
    {
        return $this->client->chain('v3/x')->post(['json' => $this->body])->getStatusCode();
    }

    public function all()
    {
        return $this->no('A')->fee(3)->send();
    }

    public function stepwise()
    {
        $this->fee(3)->no('B');
        return $this->no('C')->send();
    }

    public function of_several()
    {
        try {
            return $this->both('D', 4)->fee(-1)->send();
        } catch (InvalidArgumentException $e) {
            return $this->body;
        }
    }

    public function in_order()
    {
        return $this->no($this->count())->fee($this->count())->send() + $this->count();
    }

    public function pay($no)
    {
        $data = $this->query($no);
        return $data['trade_state'] === 'SUCCESS' ? $data : $this->wait($no);
    }

    private function wait($no, $times = 3)
    {
        for ($i = 0; $i < $times; $i++) {
            $data = $this->query($no);
            if ($data['trade_state'] === 'SUCCESS') {
                return $data;
            }
        }
        return null;
    }

    private function query($no)
    {
        $response = $this->client->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no]);
        return json_decode((string) $response->getBody(), true);
    }
}
