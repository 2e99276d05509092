//! Money back: once, whatever is lost on the way.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Failure, Order, Shop, State};

/// How long to wait before each query: a refund whose answer was lost shows up within a few seconds.
const WAITS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(5),
];

impl Shop {
    /// Refunds an order in full.
    ///
    /// The number of the refund is made of the order's, so that there is one refund however often this is called.
    ///
    /// # Errors
    ///
    /// [`Failure::Unknown`] when queries do not tell either what came of it; call it again later.
    pub async fn refund(&self, number: &str) -> Result<Order, Failure> {
        let order = self.book.get(number)?;
        // Written down before it is asked for: after a crash the shop knows what to query.
        let first = self.book.advance(number, &[State::Paid], State::Refunding);
        if !first && order.state != State::Refunding {
            return Err(Failure::NotNow("only a paid order is refunded"));
        }
        let body = json!({
            "out_trade_no": number,
            "out_refund_no": refund_number(number),
            "notify_url": &*self.notify_url,
            "amount": {"refund": order.total, "total": order.total, "currency": "CNY"},
        });
        let call = self.client["v3/refund/domestic/refunds"].post(body, ());
        match call.await {
            Ok(answer) => self.note_refund(number, &answer["status"]),
            Err(err) if err.is_undecided() => self.find_refund(number, err).await?,
            // An earlier request may have been taken, whatever this one was answered.
            Err(err) if !first => self.find_refund(number, err).await?,
            Err(err) => {
                self.book.advance(number, &[State::Refunding], State::Paid);
                return Err(Failure::Refused(err));
            }
        }
        self.book.get(number)
    }

    /// Asks what came of a refund whose answer was lost.
    async fn find_refund(&self, number: &str, lost: wechatpay_chain::Error) -> Result<(), Failure> {
        for wait in WAITS {
            tokio::time::sleep(wait).await;
            let call = self.client["v3/refund/domestic/refunds/{out_refund_no}"].get(());
            match call.var("out_refund_no", refund_number(number)).await {
                Ok(answer) => {
                    self.note_refund(number, &answer["status"]);
                    return Ok(());
                }
                Err(err) => tracing::warn!(error = err.report(), "the refund is not found yet"),
            }
        }
        Err(Failure::Unknown(lost))
    }

    /// Books how a refund stands, as an answer, a query or a notification tells.
    pub fn note_refund(&self, number: &str, status: &Value) {
        let to = match status.as_str() {
            Some("SUCCESS") => State::Refunded,
            Some("CLOSED") => State::Paid,
            // PROCESSING ends with a notification; ABNORMAL needs a person, and the user's money is still here.
            _ => return,
        };
        self.book.advance(number, &[State::Refunding], to);
    }
}

fn refund_number(number: &str) -> String {
    format!("R{number}")
}
