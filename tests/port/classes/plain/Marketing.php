<?php
/* @oracle {"answers": [{"stock_id": "S"}, {"start_time": "t"}, {"data": [{"coupon_id": "1", "status": "SENDED"}, {"coupon_id": "2", "status": "USED"}]}],
 "calls": [{"new": "Marketing", "with": ["@instance", "1900000109", "wx1"], "call": "create", "args": ["Spring", 10, 100]}, {"new": "Marketing", "with": ["@instance", "1900000109", "wx1"], "call": "start", "args": ["S"]}, {"new": "Marketing", "with": ["@instance", "1900000109", "wx1"], "call": "used", "args": ["o1"]}]} */

class Marketing
{
    private $client;
    private $mchid;
    private $appid;

    function __construct($client, $mchid, $appid)
    {
        $this->client = $client;
        $this->mchid = $mchid;
        $this->appid = $appid;
    }

    function create($name, $count, $value)
    {
        $res = $this->client->v3->marketing->favor->couponStocks->post(array('json' => array(
            'stock_name' => $name,
            'belong_merchant' => $this->mchid,
            'stock_use_rule' => array('max_coupons' => $count, 'max_amount' => $count * $value, 'max_coupons_per_user' => 1),
            'no_cash' => false,
        )));
        return json_decode($res->getBody(), true);
    }

    function start($id)
    {
        $this->client->v3->marketing->favor->stocks->_stock_id_->start->post(array(
            'stock_id' => $id, 'json' => array('stock_creator_mchid' => $this->mchid),
        ));
    }

    function used($openid)
    {
        $res = $this->client->chain('v3/marketing/favor/users/{openid}/coupons')->get(array(
            'openid' => $openid, 'query' => array('appid' => $this->appid, 'status' => 'USED'),
        ));
        $used = array();
        foreach (json_decode($res->getBody(), true)['data'] as $coupon) {
            if ($coupon['status'] == 'USED') {
                array_push($used, $coupon['coupon_id']);
            }
        }
        return $used;
    }
}
