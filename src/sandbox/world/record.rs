//! What tests and pages see of it.

use std::fmt;

use serde_json::Value;

use super::order::Order;
use super::refund::{Refund, RefundStatus};

/// An order that a [`Sandbox`](crate::sandbox::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct OrderRecord {
    /// The merchant's number (商户订单号).
    pub out_trade_no: String,
    /// WeChat Pay's number (微信支付订单号), once it is paid.
    pub transaction_id: Option<String>,
    /// The number of the combined order (合单商户订单号) that it is part of.
    pub combine_out_trade_no: Option<String>,
    /// `NOTPAY`, `USERPAYING`, `SUCCESS`, `REFUND`, `CLOSED`, `REVOKED` or `PAYERROR`.
    pub trade_state: &'static str,
    /// Its price in fen.
    pub total: i64,
    /// What of it is refunded or about to be, in fen.
    pub refunded: i64,
    /// What of it was shared with others and not returned, in fen.
    pub shared: i64,
    /// What a query of APIv3 answers.
    pub json: Value,
}

impl OrderRecord {
    pub(super) fn of(order: &Order, now: i64) -> Self {
        Self {
            out_trade_no: order.out_trade_no.clone(),
            transaction_id: order.transaction_id.clone(),
            combine_out_trade_no: order.combine.clone(),
            trade_state: order.state(now).name(),
            total: order.total,
            refunded: order.refunded,
            shared: order.shared,
            json: order.view(now),
        }
    }
}

/// A refund that a [`Sandbox`](crate::sandbox::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct RefundRecord {
    /// The merchant's number (商户退款单号).
    pub out_refund_no: String,
    /// WeChat Pay's number (微信支付退款号).
    pub refund_id: String,
    /// The order's number.
    pub out_trade_no: String,
    /// How it stands.
    pub status: RefundStatus,
    /// In fen.
    pub amount: i64,
    /// What a query answers.
    pub json: Value,
}

impl RefundRecord {
    pub(super) fn of(refund: &Refund) -> Self {
        Self {
            out_refund_no: refund.out_refund_no.clone(),
            refund_id: refund.refund_id.clone(),
            out_trade_no: refund.out_trade_no.clone(),
            status: refund.status,
            amount: refund.amount,
            json: refund.view(),
        }
    }
}

/// The JSON, which names people, is left out.
impl fmt::Debug for OrderRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderRecord")
            .field("out_trade_no", &self.out_trade_no)
            .field("trade_state", &self.trade_state)
            .field("total", &self.total)
            .field("refunded", &self.refunded)
            .finish_non_exhaustive()
    }
}

/// The JSON is left out.
impl fmt::Debug for RefundRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefundRecord")
            .field("out_refund_no", &self.out_refund_no)
            .field("status", &self.status)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}
