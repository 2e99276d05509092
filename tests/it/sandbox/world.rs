//! The sandbox's memory, over real sockets and with the crate's own client.

#[cfg(feature = "files")]
mod bill;
mod combine;
mod complaints;
mod orders;
mod refunds;
mod sharing;
mod transfers;
mod v2;

use serde_json::{Value, json};
use wechatpay_chain::{Call, Client, Response};
use wechatpay_sandbox::{Event, Sandbox};

use super::{Outcome, why};
use crate::support::Hand;

/// A sandbox, a client for it, and the time of both.
struct Shop {
    sandbox: Sandbox,
    client: Client,
    hand: Hand,
}

impl Shop {
    fn open() -> Outcome<Self> {
        let hand = Hand::at(1_700_000_000);
        // Its numbers are shorter than those of real orders, which the check of the fields refuses.
        let builder = Sandbox::builder().check_fields(false);
        let sandbox = builder.clock(hand.clone()).start_blocking()?;
        let client = sandbox.client_builder().clock(hand.clone()).build()?;
        Ok(Self {
            sandbox,
            client,
            hand,
        })
    }

    fn post(&self, path: &str, body: Value) -> Outcome<Value> {
        value(self.call_post(path, body))
    }

    fn get(&self, path: &str) -> Outcome<Value> {
        value(self.call_get(path))
    }

    /// The status, code and message of a refusal.
    fn refused(&self, path: &str, body: Value) -> Outcome<(u16, String, String)> {
        let refused = refusal(self.call_post(path, body))?;
        why(&self.sandbox)?;
        Ok(refused)
    }

    fn not_found(&self, path: &str) -> Outcome<(u16, String, String)> {
        let refused = refusal(self.call_get(path))?;
        why(&self.sandbox)?;
        Ok(refused)
    }

    /// The path is no literal: nothing of it is rewritten.
    fn call_post(&self, path: &str, body: Value) -> Call {
        self.client.chain(path.to_owned()).post(body, ())
    }

    fn call_get(&self, target: &str) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let call = self.client.chain(path.to_owned()).get(());
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.fold(call, |call, (name, value)| call.query(name, value))
    }

    fn mchid(&self) -> &str {
        self.sandbox.mchid()
    }

    /// A direct order's query.
    fn order(&self, number: &str) -> Outcome<Value> {
        let mchid = self.mchid();
        self.get(&format!(
            "v3/pay/transactions/out-trade-no/{number}?mchid={mchid}"
        ))
    }

    fn state(&self, number: &str) -> Outcome<String> {
        Ok(text(&self.order(number)?["trade_state"]))
    }

    /// A Native order of 100 fen.
    fn native(&self, number: &str) -> Value {
        json!({
            "appid": "wxd678efh567hg6787",
            "mchid": self.mchid(),
            "description": "公仔",
            "out_trade_no": number,
            "notify_url": "https://www.example.com/paid",
            "attach": "A1",
            "amount": {"total": 100, "currency": "CNY"},
        })
    }

    /// Makes a Native order and pays it; gives its transaction_id.
    fn paid(&self, number: &str) -> Outcome<String> {
        self.post("v3/pay/transactions/native", self.native(number))?;
        self.sandbox.pay(number)?;
        Ok(text(&self.order(number)?["transaction_id"]))
    }

    /// The one event that waits.
    fn event(&self) -> Outcome<Event> {
        let mut events = self.sandbox.take_events();
        assert_eq!(events.len(), 1, "{events:?}");
        Ok(events.remove(0))
    }
}

fn value(call: Call) -> Outcome<Value> {
    let answer: Response = call.wait()?;
    Ok(if answer.bytes().is_empty() {
        json!(answer.status().as_u16())
    } else {
        answer.into_value()?
    })
}

fn refusal(call: Call) -> Outcome<(u16, String, String)> {
    let err = match call.wait() {
        Ok(answer) => return Err(format!("not refused: {answer:?}").into()),
        Err(err) => err,
    };
    let api = err.api().ok_or_else(|| err.report())?;
    let status = api.status.as_u16();
    Ok((status, api.code.to_string(), api.message.to_string()))
}

fn says(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
