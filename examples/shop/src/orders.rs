//! From an order to its payment.

use serde::Deserialize;
use serde_json::{Value, json};
use wechatpay_chain::outcome::{Outcome, QueryPolicy};
use wechatpay_chain::{Clock, Fen, Response, SystemClock, pay};

use crate::{Failure, Order, Shop, State};

/// The articles and their prices. A browser names the article: a price from a browser is that of anyone who writes one.
const CATALOG: &[(&str, Fen)] = &[("Tea", Fen::new(100)), ("Teapot", Fen::new(8800))];

/// How a user pays.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// With a QR code on a screen.
    Native,
    /// In WeChat, as the user of this openid.
    Jsapi(String),
}

impl Shop {
    /// Orders an article and returns the data to pay with. After a failure the order stays in the book and is closed later.
    pub async fn order(&self, name: &str, channel: &Channel) -> Result<(Order, Value), Failure> {
        let article = CATALOG.iter().find(|(known, _)| *known == name);
        let (_, total) = article.ok_or(Failure::NotFound("article"))?;
        // The book knows the number before WeChat Pay does.
        let order = self.book.add(&SystemClock::new().nonce()?, name, *total)?;
        let page = self.offer(&order, channel).await?;
        Ok((order, page))
    }

    /// Returns the data with which a page lets the user pay an order.
    /// The same number with the same content is the same order, so the client repeats the call when its answer is lost.
    pub async fn offer(&self, order: &Order, channel: &Channel) -> Result<Value, Failure> {
        let mut body = json!({
            "appid": &*self.appid, "mchid": self.client.mchid(),
            "description": order.article, "out_trade_no": order.number, "notify_url": &*self.notify_url,
            "amount": {"total": order.total, "currency": "CNY"},
        });
        let orders = self.client.v3().seg("pay").seg("transactions");
        let text = |answer: Response, name| answer[name].as_str().unwrap_or_default().to_owned();
        Ok(match channel {
            Channel::Native => {
                let code_url = text(orders.seg("native").post(body, ()).await?, "code_url");
                json!({"code_url": code_url, "qr": pay::qr(&code_url)?.to_svg()})
            }
            Channel::Jsapi(openid) => {
                body["payer"] = json!({"openid": openid});
                let prepay_id = text(orders.seg("jsapi").post(body, ()).await?, "prepay_id");
                json!(self.client.pay().jsapi(&self.appid, &prepay_id)?)
            }
        })
    }

    /// Queries the state of an order, for a waiting page and for a lost notification.
    pub async fn refresh(&self, number: &str) -> Result<Order, Failure> {
        match self.look(number, QueryPolicy::quick().waits([])).await {
            // The request that creates the order may still be in transit.
            Err(Failure::Unknown(_)) => self.book.get(number),
            found => found,
        }
    }

    /// Closes an order that was not paid in time, so that it can no longer be paid.
    pub async fn close(&self, number: &str) -> Result<Order, Failure> {
        self.look(number, QueryPolicy::quick().close_unpaid(true))
            .await
    }

    async fn look(&self, number: &str, policy: QueryPolicy) -> Result<Order, Failure> {
        let order = self.book.get(number)?;
        if order.state != State::Unpaid {
            return Ok(order);
        }
        let body = json!({"mchid": self.client.mchid(), "out_trade_no": number});
        let call = self.client["v3/pay/transactions/native"].post(body, ());
        match call.query_outcome(order.sent.elapsed(), policy).await? {
            Outcome::Done(found) if found["trade_state"] == "SUCCESS" => {
                self.note_paid(&found["out_trade_no"], &found["amount"]["total"])?;
            }
            Outcome::Done(_) => {}
            Outcome::NotDone(_) => {
                let is_unpaid = |it: &mut Order| it.state == State::Unpaid;
                self.book.advance(number, State::Closed, is_unpaid)?;
            }
            Outcome::StillUnknown(why) => return Err(Failure::Unknown(why.to_string())),
        }
        self.book.get(number)
    }

    /// Books a payment from a notification, a query or a bill. Returns whether it was new.
    pub fn note_paid(&self, number: &Value, total: &Value) -> Result<bool, Failure> {
        let number = number.as_str().unwrap_or_default();
        if total.as_i64() != Some(self.book.get(number)?.total.get()) {
            return Err(Failure::NotFound("order of this number and amount"));
        }
        // The user may pay while the order is being closed.
        let is_open = |it: &mut Order| [State::Unpaid, State::Closed].contains(&it.state);
        Ok(self.book.advance(number, State::Paid, is_open)?.1)
    }
}
