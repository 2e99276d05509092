//! The options of a call, from data.

use std::cell::LazyCell;

use serde_json::Value;
use tokio::runtime::Runtime;
use wechatpay_chain::Client;

/// A JSON object of options: a request goes only to the client's host, with the given JSON.
pub fn options(data: &[u8]) {
    thread_local! {
        static CLIENT: LazyCell<(Client, Runtime)> = const { LazyCell::new(crate::client_and_runtime) };
    }
    let Ok(options) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let json = options.get("json").filter(|json| !json.is_null());
    let sent = json.map(Value::to_string);
    // These options change the target on purpose.
    if options.get("base_uri").is_some() || options.get("sink").is_some() {
        return;
    }
    let xml = options.get("xml").is_some_and(|xml| !xml.is_null());
    CLIENT.with(|both| {
        let (client, runtime) = &**both;
        let call = client.chain("v3/pay/transactions/native");
        let call = call.request("POST", options);
        let Ok(request) = runtime.block_on(call.dry_run().into_future()) else {
            return;
        };
        assert_eq!(request.uri().host(), Some("gateway.example"));
        if let (Some(sent), false) = (sent, xml) {
            assert_eq!(request.body(), sent.as_bytes());
        }
    });
}
