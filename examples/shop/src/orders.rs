//! From an order to its payment.

use serde::Deserialize;
use serde_json::{Value, json};
use wechatpay_chain::{BoxError, Response, pay};

use crate::{Failure, Order, Shop, State, fresh_number};

/// How a user pays.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// With a QR code on a screen.
    Native,
    /// In WeChat, as the user of this openid.
    Jsapi(String),
}

impl Shop {
    /// Makes an order, and gives what the page needs to let its user pay.
    ///
    /// # Errors
    ///
    /// [`Failure`]; the order may then be paid by calling [`offer`](Self::offer) with its number once more.
    pub async fn order(&self, total: i64, channel: &Channel) -> Result<(Order, Value), BoxError> {
        // First the book: whatever happens from here on, the number is known.
        let order = self.book.add(&fresh_number()?, total);
        let page = self.offer(&order, channel).await?;
        Ok((order, page))
    }

    /// What a page needs to let its user pay an order.
    ///
    /// The same number with the same content is the same order, so an answer that was lost is asked for once more.
    ///
    /// # Errors
    ///
    /// [`Failure::Unknown`] when the second answer was lost too.
    pub async fn offer(&self, order: &Order, channel: &Channel) -> Result<Value, Failure> {
        let mut body = json!({
            "appid": &*self.appid,
            "mchid": self.client.mchid(),
            "description": "Tea",
            "out_trade_no": order.number,
            "notify_url": &*self.notify_url,
            "amount": {"total": order.total, "currency": "CNY"},
        });
        let path = match channel {
            Channel::Native => "native",
            Channel::Jsapi(openid) => {
                body["payer"] = json!({"openid": openid});
                "jsapi"
            }
        };
        let call = || match path {
            "native" => self.client["v3/pay/transactions/native"].post(&body, ()),
            _ => self.client["v3/pay/transactions/jsapi"].post(&body, ()),
        };
        let answer = match call().await {
            Err(err) if err.is_undecided() => call().await,
            outcome => outcome,
        };
        self.page(&answer?, channel)
    }

    fn page(&self, answer: &Response, channel: &Channel) -> Result<Value, Failure> {
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        Ok(match channel {
            Channel::Native => {
                let code_url = text("code_url");
                json!({"code_url": code_url, "qr": pay::qr(&code_url)?.to_svg()})
            }
            Channel::Jsapi(_) => json!(self.client.pay().jsapi(&self.appid, &text("prepay_id"))?),
        })
    }

    /// Asks WeChat Pay how an order stands, for a page that waits and for notifications that never came.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub async fn refresh(&self, number: &str) -> Result<Order, Failure> {
        let order = self.book.get(number)?;
        if order.state != State::Unpaid {
            return Ok(order);
        }
        let call = self.client["v3/pay/transactions/out-trade-no/{out_trade_no}"].get(());
        let call = call.var("out_trade_no", number);
        match call.query("mchid", self.client.mchid()).await {
            Ok(answer) => {
                if answer["trade_state"] == "SUCCESS" {
                    self.note_paid(&answer["out_trade_no"], &answer["amount"]["total"]);
                }
            }
            // The order was made and its call never arrived.
            Err(err) if err.api().is_some_and(|api| api.code == "ORDER_NOT_EXIST") => {}
            Err(err) => return Err(err.into()),
        }
        self.book.get(number)
    }

    /// Books a payment, as a notification, a query or a bill tells of it; says whether it was news.
    pub fn note_paid(&self, number: &Value, total: &Value) -> bool {
        let number = number.as_str().unwrap_or_default();
        match self.book.get(number) {
            Ok(order) if total.as_i64() == Some(order.total) => {
                // Money for a closed order: it was paid at the last moment, and is worth as much.
                self.book
                    .advance(number, &[State::Unpaid, State::Closed], State::Paid)
            }
            _ => {
                tracing::error!("a payment fits no order: look at the bill");
                false
            }
        }
    }

    /// Closes an order that was not paid in time, so that nobody pays it any more.
    ///
    /// # Errors
    ///
    /// [`Failure`]; it may be called again.
    pub async fn close(&self, number: &str) -> Result<Order, Failure> {
        let order = self.refresh(number).await?;
        if order.state != State::Unpaid {
            return Ok(order);
        }
        let call = self.client["v3/pay/transactions/out-trade-no/{out_trade_no}/close"]
            .post(json!({"mchid": self.client.mchid()}), ())
            .var("out_trade_no", number);
        match call.await {
            Ok(_) => {}
            Err(err) if err.api().is_some_and(|api| api.code == "ORDER_NOT_EXIST") => {}
            Err(err) => return Err(err.into()),
        }
        self.book.advance(number, &[State::Unpaid], State::Closed);
        self.book.get(number)
    }
}
