//! Views for tests and pages.

use std::fmt;

use serde_json::Value;

use super::batch::model::{Batch, Detail};
use super::complaint::model::Complaint;
use super::order::model::Order;
use super::refund::model::{Refund, RefundStatus};
use super::sharing::model::Share;
use super::table::Row;
use super::transfer::model::Transfer;

/// An order that a [`Sandbox`](crate::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct OrderRecord {
    /// The merchant whose account has it (商户号); of what a service provider asked for, the service provider.
    pub mchid: String,
    /// The merchant's number (商户订单号).
    pub out_trade_no: String,
    /// The number, for a sub-merchant's after its id and a slash: two of them may use the same number.
    pub(crate) key: String,
    /// WeChat Pay's number (微信支付订单号), once it is paid.
    pub transaction_id: Option<String>,
    /// The number of its combined order (合单商户订单号).
    pub combine_out_trade_no: Option<String>,
    /// `NOTPAY`, `USERPAYING`, `SUCCESS`, `REFUND`, `CLOSED`, `REVOKED` or `PAYERROR`.
    pub trade_state: &'static str,
    /// The description of the goods (商品描述).
    pub description: String,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// The total in fen.
    pub total: i64,
    /// The amount of its accepted refunds, including those in progress, in fen.
    pub refunded: i64,
    /// The amount shared with others and not returned, in fen.
    pub shared: i64,
    /// The response to an APIv3 query.
    pub json: Value,
}

impl OrderRecord {
    pub(crate) fn of(order: &Order, mchid: &str, now: i64) -> Self {
        Self {
            mchid: mchid.to_owned(),
            out_trade_no: order.out_trade_no.clone(),
            key: order.key(),
            transaction_id: order.transaction_id.clone(),
            combine_out_trade_no: order.combine.clone(),
            trade_state: order.state(now).name(),
            description: order.description.clone(),
            created: order.created,
            total: order.total,
            refunded: order.refunded,
            shared: order.given,
            json: order.found(now),
        }
    }
}

/// A refund that a [`Sandbox`](crate::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct RefundRecord {
    /// The merchant whose account has it (商户号); of what a service provider asked for, the service provider.
    pub mchid: String,
    /// The merchant's number (商户退款单号).
    pub out_refund_no: String,
    /// The number, for a sub-merchant's after its id and a slash: two of them may use the same number.
    pub(crate) key: String,
    /// WeChat Pay's number (微信支付退款号).
    pub refund_id: String,
    /// The order's number.
    pub out_trade_no: String,
    /// The key of the order.
    pub(crate) order: String,
    /// The status.
    pub status: RefundStatus,
    /// In fen.
    pub amount: i64,
    /// The answer to a query.
    pub json: Value,
}

impl RefundRecord {
    pub(crate) fn of(refund: &Refund, mchid: &str) -> Self {
        Self {
            mchid: mchid.to_owned(),
            out_refund_no: refund.out_refund_no.clone(),
            key: refund.key(),
            refund_id: refund.refund_id.clone(),
            out_trade_no: refund.out_trade_no.clone(),
            order: refund.order_key(),
            status: refund.status,
            amount: refund.amount,
            json: refund.view(),
        }
    }
}

/// A transfer that a [`Sandbox`](crate::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct TransferRecord {
    /// The merchant whose account has it (商户号); of what a service provider asked for, the service provider.
    pub mchid: String,
    /// The merchant's number (商户单号).
    pub out_bill_no: String,
    /// The number, for a sub-merchant's after its id and a slash: two of them may use the same number.
    pub(crate) key: String,
    /// WeChat Pay's number (微信转账单号).
    pub transfer_bill_no: String,
    /// `WAIT_USER_CONFIRM`, `SUCCESS`, `FAIL`, `CANCELING` or `CANCELLED`.
    pub state: &'static str,
    /// In fen.
    pub amount: i64,
    /// The response to a query, with the user's name in plaintext.
    pub json: Value,
}

impl TransferRecord {
    pub(crate) fn of(transfer: &Transfer) -> Self {
        Self {
            mchid: transfer.mchid.clone(),
            out_bill_no: transfer.out_bill_no.clone(),
            key: transfer.key(),
            transfer_bill_no: transfer.transfer_bill_no.clone(),
            state: transfer.state.name(),
            amount: transfer.amount,
            json: transfer.view(),
        }
    }

    /// The record of a batch's detail, whose members have other names.
    pub(crate) fn of_detail(batch: &Batch, detail: &Detail) -> Self {
        Self {
            mchid: batch.mchid.clone(),
            out_bill_no: detail.out_detail_no.clone(),
            key: detail.out_detail_no.clone(),
            transfer_bill_no: detail.detail_id.clone(),
            state: detail.status.name(),
            amount: detail.amount,
            json: batch.detail(detail),
        }
    }
}

/// A profit sharing order that a [`Sandbox`](crate::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct SharingRecord {
    /// The merchant whose account has it (商户号); of what a service provider asked for, the service provider.
    pub mchid: String,
    /// The merchant's number (商户分账单号).
    pub out_order_no: String,
    /// The number, for a sub-merchant's after its id and a slash: two of them may use the same number.
    pub(crate) key: String,
    /// WeChat Pay's number (微信分账单号).
    pub order_id: String,
    /// The number of the order whose money is shared.
    pub out_trade_no: String,
    /// Whether it has finished.
    pub finished: bool,
    /// The answer to a query.
    pub json: Value,
}

impl SharingRecord {
    pub(crate) fn of(share: &Share, mchid: &str) -> Self {
        Self {
            mchid: mchid.to_owned(),
            out_order_no: share.out_order_no.clone(),
            key: share.key(),
            order_id: share.order_id.clone(),
            out_trade_no: share.out_trade_no.clone(),
            finished: share.ended.is_some(),
            json: share.view(),
        }
    }
}

/// A user's complaint that a [`Sandbox`](crate::Sandbox) remembers.
#[derive(Clone)]
#[non_exhaustive]
pub struct ComplaintRecord {
    /// The merchant whose account has it (商户号); of what a service provider asked for, the service provider.
    pub mchid: String,
    /// Its number (投诉单号).
    pub complaint_id: String,
    /// The number of its order.
    pub out_trade_no: String,
    /// `PENDING`, `PROCESSING` or `PROCESSED`.
    pub complaint_state: &'static str,
    /// The response to a query, with the user's phone number in plaintext.
    pub json: Value,
}

impl ComplaintRecord {
    pub(crate) fn of(complaint: &Complaint, order: Option<&Order>, mchid: &str) -> Self {
        Self {
            mchid: mchid.to_owned(),
            complaint_id: complaint.id.clone(),
            out_trade_no: complaint.out_trade_no.clone(),
            complaint_state: complaint.state.name(),
            json: complaint.whole(order),
        }
    }
}

/// Omits the JSON, which contains the user's text.
impl fmt::Debug for ComplaintRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComplaintRecord")
            .field("complaint_id", &self.complaint_id)
            .field("complaint_state", &self.complaint_state)
            .finish_non_exhaustive()
    }
}

/// Omits the JSON, which may contain personal data.
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

/// Omits the JSON.
impl fmt::Debug for RefundRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefundRecord")
            .field("out_refund_no", &self.out_refund_no)
            .field("status", &self.status)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// Omits the JSON, which contains the user's name.
impl fmt::Debug for TransferRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferRecord")
            .field("out_bill_no", &self.out_bill_no)
            .field("state", &self.state)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// Omits the JSON, which contains the receivers' names.
impl fmt::Debug for SharingRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharingRecord")
            .field("out_order_no", &self.out_order_no)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
