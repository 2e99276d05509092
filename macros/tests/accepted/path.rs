use wechatpay_chain::path;

const PUNISH: &str = path!(v3.aggracctBc.wbChannel.controlOrders.punish);
static NATIVE: &str = path!(V3.Pay.transactions.native);

#[test]
fn paths_are_as_written() {
    assert_eq!(PUNISH, "v3/aggracct-bc/wb-channel/control-orders/punish");
    assert_eq!(NATIVE, "v3/pay/transactions/native");
    assert_eq!(
        path!(v3.pay.transactions.id._transaction_id_),
        "v3/pay/transactions/id/{transaction_id}"
    );
    assert_eq!(
        path!(v3.transactions._outTradeNo_),
        "v3/transactions/{outTradeNo}"
    );

    // Text in brackets, alone or in between, of one or more segments.
    assert_eq!(
        path!(v3["merchant-service"].images._media_id_),
        "v3/merchant-service/images/{media_id}"
    );
    assert_eq!(
        path!(["v3/merchantService"]["images"]),
        "v3/merchant-service/images"
    );
    assert_eq!(path!(["/v3/pay/"].native), "v3/pay/native");
    assert_eq!(path!(v3["{a}/{b}"]), "v3/{a}/{b}");
    assert_eq!(
        path!(v3["applyment4sub/applyment/"]),
        "v3/applyment4sub/applyment/"
    );
    assert_eq!(path!(v3["pay?appId=1"]), "v3/pay?appId=1");

    // Keywords and numbers.
    assert_eq!(
        path!(v3.r#type.type.match.self.crate._),
        "v3/type/type/match/self/crate/_"
    );
    assert_eq!(path!(v3.bills.0), "v3/bills/0");
    assert_eq!(path!(v3.bills.0.1.x), "v3/bills/0/1/x");
    assert_eq!(path!(v3.2pay), "v3/2pay");
}
