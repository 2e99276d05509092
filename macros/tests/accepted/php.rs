use wechatpay_chain::{Call, Client, Media, php};

struct Shop {
    client: Client,
}

fn text(client: &Client, mchid: &str, order_no: String) -> Call {
    php!(
        client,
        r#"
        // 关闭订单
        $instance->v3->pay->transactions->outTradeNo->_out_trade_no_->close->postAsync([
            'json' => ['mchid' => $mchid, 'note' => "a{$mchid}"],
            'out_trade_no' => $orderNo,
        ]);
    "#
    )
}

fn tokens(shop: &Shop, media: Media) -> [Call; 4] {
    let body = "x";
    [
        php!(shop.client, $instance->v3->certificates->get()),
        php!(
            shop.client,
            $wxpay["v3/pay/transactions/id/{transaction_id}"]->get([
                "query" => ["mchid" => "1230000109", "ok" => true], // as in PHP
                "transaction_id" => $body . "y",
                "timeout" => 0.4,
            ]),
        ),
        php!(shop.client, $i->chain("v2/pay/unifiedorder")->post(["xml" => [
            "mch_id" => "1", "list" => json_encode([1, 2]), "a" => r"\d", "long" => $body,
            "description" => "一二三四五六七八九十一二三四五六七八九十",
        ]])),
        php!(&shop.client, $i->v3->merchant->media->upload->post([
            "body" => $media->getStream(),
            "headers" => ["Content-Type" => $media->getContentType()],
        ])),
    ]
}

#[test]
fn php_compiles() {
    let _ = (text, tokens);
}
