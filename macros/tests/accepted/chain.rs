use wechatpay_chain::{Call, Chain, Client, chain};

struct Shop {
    client: Client,
}

fn punish(client: Client) -> Call {
    chain!(client.v3.aggracctBc.wbChannel.controlOrders.punish).get(())
}

fn close(client: &Client) -> Call {
    chain!(
        client.v3.pay.transactions["out-trade-no"]
            ._out_trade_no_
            .close
    )
    .get(())
}

fn field(shop: &Shop) -> Chain {
    chain!(shop.client.v3.pay)
}

fn parentheses(make: fn() -> Client) -> Chain {
    chain!((make()).global.v3.customs.orders)
}

#[test]
fn chains_compile() {
    let _ = (punish, close, field, parentheses);
}
