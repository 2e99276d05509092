use wechatpay_chain::chain;

fn main() {
    let client = ();

    chain!();
    chain!(v3.pay);
    chain!(.v3.pay);
    chain!(client);
    chain!(client.v3.pay.);
    chain!(client v3.pay);
    chain!(make().hk.pay);
    chain!(client.v3.pay.post(body, ()));
    chain!((make()).v3.pay.get(()).await);
    chain!(client.v3["../pay"]);
    chain!(client["https://host/v3"]);
    chain!(client.v3["{id"]);
    chain!(client.v3.pay, client);
}
