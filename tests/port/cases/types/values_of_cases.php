<?php
/* @oracle {"answers": [{"trade_state": "SUCCESS"}, {"trade_state": "NOTPAY"}], "calls": [
  {"new": "Query", "with": ["@instance"], "call": "paid", "args": ["A1"]},
  {"new": "Query", "with": ["@instance"], "call": "paid", "args": ["A2"]},
  {"new": "Query", "with": ["@instance"], "call": "label", "args": ["REFUND"]},
  {"new": "Query", "with": ["@instance"], "call": "label", "args": ["?"]}]} */

use WeChatPay\BuilderChainable;

/** The states of an order. */
enum TradeState: string
{
    case Success = 'SUCCESS'; // paid
    case NotPay = "NOTPAY";
    case Refund = 'REFUND';
}

enum Level: int
{
    case Low = 1;
    case High = 20;
}

class Query
{
    public function __construct(private BuilderChainable $client)
    {
    }

    public function paid(string $no): array
    {
        $order = json_decode((string) $this->client->chain("v3/pay/transactions/out-trade-no/{$no}")->get(['query' => ['mchid' => '1']])->getBody(), true);
        return [$order['trade_state'] === TradeState::Success->value, TradeState::NotPay->name, Level::High->value + Level::Low->value];
    }

    public function label(string $state): string
    {
        return match ($state) {
            TradeState::Success->value, TradeState::NotPay->value => 'known',
            TradeState::Refund->value => 'refund ' . TradeState::Refund->value,
            default => 'other',
        };
    }
}
