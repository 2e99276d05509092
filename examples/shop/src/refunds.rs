//! Refunds: each is made once, even if an answer is lost.

use serde_json::{Value, json};
use wechatpay_chain::outcome::{NotDone, Outcome, QueryPolicy};

use crate::{Failure, Order, Shop, State};

type Booked = Result<bool, Failure>;

impl Shop {
    /// Refunds an order in full. Without `begins`, it only completes a refund that is in progress.
    /// Its number changes only after WeChat Pay has ended a refund: the same number keeps a second refund impossible.
    pub async fn refund(&self, number: &str, begins: bool) -> Result<Order, Failure> {
        // The book knows of the refund before WeChat Pay does: after a crash the shop knows what to query.
        let is_paid = |order: &mut Order| begins && order.state == State::Paid;
        let (order, first) = self.book.advance(number, State::Refunding, is_paid)?;
        if order.state != State::Refunding {
            return Err(Failure::NotNow("only a paid order is refunded"));
        }
        let body = json!({
            "out_trade_no": number, "out_refund_no": refund_number(&order), "notify_url": &*self.notify_url,
            "amount": {"refund": order.total, "total": order.total, "currency": "CNY"},
        });
        let call = self.client["v3/refund/domestic/refunds"].post(body, ());
        let policy = QueryPolicy::quick();
        // An earlier request may still be in transit, so a second call only queries.
        let outcome = if first {
            call.or_query(policy).await
        } else {
            call.query_outcome(order.sent.elapsed(), policy).await
        };
        match outcome? {
            Outcome::Done(it) => drop(self.note_refund(it.value()?, &it["status"])?),
            Outcome::NotDone(why) => {
                tracing::error!(%why, "the refund was not made");
                // Another refund may have the number: before anything else, a person compares it with the bill.
                if !matches!(why, NotDone::NumberTaken(_)) {
                    let used = !why.leaves_number_free();
                    self.end(number, State::Paid, used, |it| it.sent == order.sent)?;
                }
                return Err(Failure::NotNow("WeChat Pay did not make the refund"));
            }
            Outcome::StillUnknown(why) => return Err(Failure::Unknown(why.to_string())),
        }
        self.book.get(number)
    }

    /// Books the state of a refund from an answer, a query or a notification. Those of earlier refunds change nothing.
    pub fn note_refund(&self, refund: &Value, status: &Value) -> Booked {
        let (to, used) = match status.as_str() {
            Some("SUCCESS") => (State::Refunded, false),
            Some("CLOSED") => (State::Paid, true),
            // ABNORMAL needs a person: the merchant still has the money.
            _ => return Ok(false),
        };
        let text = |name: &str| refund[name].as_str().unwrap_or_default();
        let is_it = |it: &Order| refund_number(it) == text("out_refund_no");
        self.end(text("out_trade_no"), to, used, is_it)
    }

    /// Ends the refund in progress if that is the one: a late query may be of an earlier one. A refund that was made is booked.
    fn end(&self, number: &str, to: State, used: bool, is: impl Fn(&Order) -> bool) -> Booked {
        let ends = |it: &mut Order| {
            let open = it.state == State::Refunding || it.state == State::Paid && to != it.state;
            let ends = open && is(it);
            it.failed += u32::from(ends && used);
            ends
        };
        Ok(self.book.advance(number, to, ends)?.1)
    }
}

fn refund_number(order: &Order) -> String {
    format!("R{}-{}", order.number, order.failed)
}
