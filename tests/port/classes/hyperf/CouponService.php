<?php
/* @oracle {"runs": [{"answers": [{"coupon_id": "C1"}]}, {"answers": [[403, {"code": "RULE_LIMIT", "message": "m"}]]}, {"answers": ["timeout"]}],
 "calls": [{"new": "App\\Service\\CouponService", "with": ["@instance"], "call": "send", "args": ["o 1", "S1"]}]} */

namespace App\Service;

use App\Exception\BusinessException;
use GuzzleHttp\Exception\ClientException;

class CouponService
{
    private array $errors = ['RULE_LIMIT' => 'limit', 'USER_ACCOUNT_ABNORMAL' => 'user'];

    public function __construct(private $client)
    {
    }

    public function send(string $openid, string $stock): string
    {
        try {
            $resp = $this->client->v3->marketing->favor->users->_openid_->coupons->post([
                'openid' => $openid,
                'json' => ['stock_id' => $stock, 'out_request_no' => md5($openid . $stock), 'appid' => 'wx1', 'stock_creator_mchid' => '1900000109'],
            ]);
            return json_decode((string) $resp->getBody(), true)['coupon_id'];
        } catch (ClientException $e) {
            $code = json_decode((string) $e->getResponse()->getBody(), true)['code'] ?? '';
            throw new BusinessException($this->errors[$code] ?? 'unknown', 500);
        }
    }
}
