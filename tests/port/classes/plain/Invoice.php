<?php
/* @oracle {"answers": [{"fapiao_apply_id": "F1"}, 202, {"total_count": 1, "fapiao_information": [{"fapiao_id": "1", "status": "ISSUED"}]}],
 "calls": [{"new": "Shop\\Invoice", "with": ["@instance"], "call": "issue", "args": ["F1", {"name": "Tea", "count": 2, "price": 550}]}, {"new": "Shop\\Invoice", "with": ["@instance"], "call": "issued", "args": ["F1"]}]} */

namespace Shop;

class Invoice
{
    private const RATE = 600;

    public function __construct(private \WeChatPay\BuilderChainable $client)
    {
    }

    public function issue(string $id, array $item): bool
    {
        $total = $item['count'] * $item['price'];
        $response = $this->client->chain('v3/new-tax-control-fapiao/fapiao-applications')->post(['json' => [
            'scene' => 'WITHOUT_WECHATPAY',
            'fapiao_apply_id' => $id,
            'fapiao_information' => [[
                'fapiao_id' => $id . '_1',
                'total_amount' => $total,
                'items' => [[
                    'goods_name' => $item['name'],
                    'quantity' => $item['count'] * 100000000,
                    'total_amount' => $total,
                    'tax_rate' => self::RATE,
                    'discount' => false,
                ]],
            ]],
        ]]);

        return in_array($response->getStatusCode(), [200, 202], true);
    }

    public function issued(string $id): array
    {
        $response = $this->client->v3->newTaxControlFapiao->fapiaoApplications->_fapiao_apply_id_->get(['fapiao_apply_id' => $id]);
        $data = json_decode((string) $response->getBody(), true);

        return array_filter($data['fapiao_information'] ?? [], fn ($one) => $one['status'] === 'ISSUED');
    }
}
