use wechatpay_chain::path;

fn main() {
    let id = "1";

    path!();
    path!(v3.pay.);
    path!(.v3.pay);
    path!(v3..pay);
    path!(v3/pay);
    path!("v3/pay");
    path!(v3.pay.post(body));
    path!(v3.pay[id]);
    path!(v3.pay[]);
    path!(v3.pay["a", "b"]);
    path!(v3.pay.'x');
    path!(v3[""]);
    path!(["https://api.mch.weixin.qq.com/v3/pay"]);
    path!(["//host/v3"]);
    path!(v3["../pay"]);
    path!(v3["%2e%2e"].pay);
    path!(v3["a//b"]);
    path!(v3["pay#x"]);
    path!(v3["a b"]);
    path!(v3["a\\b"]);
    path!(v3["{id"].pay);
    path!(v3["{}"]);
    path!(v3["{=id}"]);
    path!(v3["_out-trade-no_"]);
    path!(v3["pay?x=1"].native);
}
