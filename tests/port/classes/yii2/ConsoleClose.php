<?php
/* @oracle {"foreign": {"Order::find->where->all": [[{"no": "A"}, {"no": "B"}, {"no": "C"}]], "Order::updateAll": [1]},
 "runs": [{"answers": [204, 204, 204]}, {"answers": [204, "timeout", 204]}, {"answers": [[400, {"code": "ORDERPAID", "message": "p"}], 204, 204]}],
 "calls": [{"new": "app\\commands\\ConsoleClose", "with": ["@instance"], "call": "run", "args": [100]}]} */

namespace app\commands;

use app\models\Order;
use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\ConnectException;

class ConsoleClose
{
    public function __construct(private $client)
    {
    }

    public function run(int $limit = 10): array
    {
        $closed = $failed = 0;
        foreach (Order::find()->where(['status' => 0])->all() as $order) {
            if ($closed + $failed >= $limit) {
                break;
            }
            try {
                $this->client->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $order['no'], 'json' => ['mchid' => '1900000109']]);
                Order::updateAll(['status' => 9], ['no' => $order['no']]);
                $closed++;
            } catch (ConnectException $e) {
                $failed++;
                continue;
            } catch (ClientException $e) {
                echo $order['no'], ' ', json_decode((string) $e->getResponse()->getBody(), true)['code'], PHP_EOL;
            }
        }
        return ['closed' => $closed, 'failed' => $failed];
    }
}
