//! Deliveries that a server for notifications must handle, posted by the sandbox.

use std::net::SocketAddr;

use serde_json::json;
use wechatpay_chain::{BoxError, Result};
use wechatpay_sandbox::{Fault, Sandbox};

/// Posts to a server, and reports wrong answers.
pub(crate) async fn check(sandbox: &Sandbox, to: SocketAddr) -> Result<(), BoxError> {
    for (id, fault, expected) in [
        ("1", None, 204),
        // Delivered again, as after a lost answer: answered, but not booked again.
        ("1", None, 204),
        ("2", Some(Fault::TamperedBody), 401),
        ("3", Some(Fault::Probe), 401),
        ("2", None, 204),
    ] {
        let order = json!({"out_trade_no": format!("order-{id}"), "trade_state": "SUCCESS"});
        let url = format!("http://{to}/notify");
        let notice = sandbox.notify(url, "TRANSACTION.SUCCESS", order);
        let answer = notice.id(id).inject_fault(fault).send().await?;
        if answer.status() != expected {
            let status = answer.status();
            return Err(format!("notification {id}: answered {status}, not {expected}").into());
        }
    }
    Ok(())
}
