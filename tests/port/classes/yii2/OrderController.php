<?php
/* @oracle {"foreign": {"Yii::app->request->post": ["N1"], "Yii::$app->request->post": ["N1"], "Order::findOne": [{"@object": {"no": "N1", "fee": 5}}, null], "this->asJson": [{"@object": {"j": 1}}]},
 "answers": [{"trade_state": "SUCCESS", "success_time": "t"}, {"trade_state": "SUCCESS"}],
 "calls": [{"new": "app\\controllers\\OrderController", "with": ["@instance"], "call": "actionQuery", "args": ["N1"]}, {"new": "app\\controllers\\OrderController", "with": ["@instance"], "call": "actionQuery", "args": ["N2"]}]} */

namespace app\controllers;

use app\models\Order;
use yii\web\Controller;
use yii\web\NotFoundHttpException;

class OrderController extends Controller
{
    private $pay;

    public function __construct($pay)
    {
        $this->pay = $pay;
    }

    public function actionQuery(string $no)
    {
        $order = Order::findOne(['no' => $no]);
        if ($order === null) {
            throw new NotFoundHttpException('no order');
        }
        $resp = $this->pay->chain('v3/pay/transactions/out-trade-no/{no}')->get(['no' => $no, 'query' => ['mchid' => '1900000109']]);
        $result = json_decode($resp->getBody()->getContents(), true);
        return $this->asJson(['no' => $no, 'paid' => $result['trade_state'] === 'SUCCESS', 'time' => $result['success_time'] ?? null]);
    }
}
