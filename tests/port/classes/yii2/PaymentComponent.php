<?php
/* @oracle {"foreign": {"Yii::info": [null], "Yii::error": [null]}, "runs": [{"answers": [{"prepay_id": "p1"}]}, {"answers": ["badsign"]}, {"answers": [[500, {"code": "SYSTEM_ERROR", "message": "m"}]]}],
 "calls": [{"new": "app\\components\\PaymentComponent", "with": ["@instance"], "call": "app", "args": ["N1", 1]}]} */

namespace app\components;

use GuzzleHttp\Exception\ServerException;
use Yii;
use yii\base\Component;

class PaymentComponent extends Component
{
    /** @var \WeChatPay\BuilderChainable */
    public $client;
    public string $appid = 'wx8888888888888888';

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function app(string $no, int $total): ?string
    {
        try {
            $resp = $this->client->v3->pay->transactions->app->post(['json' => [
                'appid' => $this->appid,
                'mchid' => '1900000109',
                'out_trade_no' => $no,
                'amount' => compact('total'),
            ]]);
        } catch (ServerException $e) {
            Yii::error('later: ' . $e->getResponse()->getStatusCode(), __METHOD__);
            return null;
        }
        $data = json_decode((string) $resp->getBody());
        Yii::info('prepay ' . $data->prepay_id, 'pay');
        return $data->prepay_id;
    }
}
