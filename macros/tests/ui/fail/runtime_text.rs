//! Texts made at run time are values or templates, not names.

use wechatpay_chain::Client;

fn index(client: Client, path: String) {
    let _ = &client[path];
}

fn borrowed(client: Client, path: String) {
    let _ = &client[path.as_str()];
}

fn segment(client: Client, openid: String) {
    let _ = client.v3().seg(openid.as_str());
}

fn body(client: Client) {
    let _ = client.chain("v3/pay").post("{}", ());
}

fn main() {}
