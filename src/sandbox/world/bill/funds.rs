//! A day's fund-flow bill (资金账单): the movements of an account of the merchant.
//!
//! Each account has a separate bill (`account_type`). Payments, refunds, transfers and profit sharing move the
//! basic account; nothing moves the others. The bill of a service provider excludes its sub-merchants, which have
//! separate bills.
//!
//! The row of a refund (业务单号 is the refund's, 资金流水单号 the payment's, 业务凭证号 the merchant's) and the remarks
//! follow bills that users have published. Three things are assumptions: the names 商家转账 and 分账回退 (the documents
//! list 交易, 退款, 充值/提现, 企业付款, 代金券, 分账 "and others"), that there are no fees, and the opening balance: a million
//! yuan unless the merchant's settings have another.

use std::ops::Range;

use super::super::batch::model::{Batch, Detail, DetailStatus};
use super::super::order::model::{Order, TradeState};
use super::super::refund::model::Refund;
use super::super::sharing::model::{DetailResult, Return, Share};
use super::super::state::State;
use super::super::transfer::model::{Transfer, TransferState};
use super::{at, csv, is_asked, yuan};
use crate::refusal::{Refusal, business};

const HEAD: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),\
    账户结余(元),资金变更提交申请人,备注,业务凭证号";
const SUM: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

/// The opening balance of an account, in fen.
const OPENING: i128 = 100_000_000;

/// The amounts of the basic account, in fen: those that it can still pay, and those of transfers that are not decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Balance {
    pub(crate) available: i128,
    pub(crate) locked: i128,
}

/// The balance of the merchant or of a sub-merchant.
pub(crate) fn balance(state: &State, sub_mchid: Option<&str>) -> Balance {
    let moved: i128 = flows(state, sub_mchid).map(|flow| flow.amount).sum();
    let locked = locked(state, sub_mchid);
    Balance {
        available: opening(state, sub_mchid) + moved - locked,
        locked,
    }
}

/// Refuses a transfer that the account cannot pay. An account pays all without a setting, which no sub-merchant has.
///
/// The caller brings the transfers up to date: those that their users did not take in time lock nothing.
pub(crate) fn check(state: &State, sub_mchid: Option<&str>, amount: i64) -> Result<(), Refusal> {
    if state.opening.is_none() || sub_mchid.is_some() {
        return Ok(());
    }
    let available = balance(state, None).available;
    if i128::from(amount) > available {
        return Err(business::TRANSFER_NOT_ENOUGH.with(&[&available, &amount]));
    }
    Ok(())
}

/// Sets the amount that the merchant's account can still pay. Earlier bills then have another opening balance.
pub(crate) fn set_available(state: &mut State, available: i64) {
    let change = i128::from(available) - balance(state, None).available;
    let opening = opening(state, None) + change;
    state.opening = Some(i64::try_from(opening).unwrap_or(i64::MAX));
}

/// Only the merchant's own account has a setting.
fn opening(state: &State, sub_mchid: Option<&str>) -> i128 {
    let given = state.opening.filter(|_| sub_mchid.is_none());
    given.map_or(OPENING, i128::from)
}

/// The amounts of the transfers that wait for their users.
fn locked(state: &State, sub_mchid: Option<&str>) -> i128 {
    let is_open = |it: &&Transfer| {
        it.sub_mchid.as_deref() == sub_mchid
            && matches!(it.state, TransferState::Waiting | TransferState::Canceling)
    };
    let single = state.transfers.iter().filter(is_open).map(|it| it.amount);
    // Batches belong to the merchant itself.
    let batches = state.batches.iter().filter(|_| sub_mchid.is_none());
    let details = batches.flat_map(|batch| &batch.details);
    let details = details.filter(|it| it.status == DetailStatus::Processing);
    single
        .chain(details.map(|it| it.amount))
        .map(i128::from)
        .sum()
}

/// Whether no money was ever moved.
pub(crate) fn is_unused(state: &State) -> bool {
    let orders = state.orders.iter().next();
    let transfers = state.transfers.iter().next();
    let batches = state.batches.iter().next();
    orders.is_none() && transfers.is_none() && batches.is_none()
}

/// The bill of a day, in seconds since the Unix epoch, of the basic account of the merchant or of a
/// sub-merchant. `None` when it would be empty.
pub(crate) fn bill(state: &State, day: Range<i64>, sub_mchid: Option<&str>) -> Option<String> {
    let mut balance = opening(state, sub_mchid);
    let mut of_day = Vec::new();
    // Flows before the day only count towards the opening balance, so they get no row.
    for flow in flows(state, sub_mchid) {
        if flow.time < day.start {
            balance += flow.amount;
        } else if flow.time < day.end {
            of_day.push(flow);
        }
    }
    of_day.sort_by_key(|flow| flow.time);
    written(&of_day, balance)
}

/// A movement of money.
#[derive(Debug)]
struct Flow<'s> {
    time: i64,
    /// 微信支付业务单号.
    id: &'s str,
    /// 资金流水单号.
    flow_id: &'s str,
    /// 业务名称 and 业务类型.
    name: (&'static str, &'static str),
    /// In fen; negative for expenses.
    amount: i128,
    /// The merchant whose request caused it; `None` without a request.
    applicant: Option<&'s str>,
    remark: Remark<'s>,
    /// 业务凭证号.
    voucher: &'s str,
}

#[derive(Debug)]
enum Remark<'s> {
    Settled,
    Refunded,
    Text(&'s str),
}

fn flows<'s>(state: &'s State, sub_mchid: Option<&'s str>) -> impl Iterator<Item = Flow<'s>> {
    let orders = state.orders.iter();
    let orders = orders.filter(move |order| is_asked(&order.party, sub_mchid));
    let refunds = state.refunds.iter();
    let refunds = refunds.filter(move |refund| is_asked(&refund.party, sub_mchid));
    let transfers = state.transfers.iter();
    let transfers = transfers.filter(move |it| it.sub_mchid.as_deref() == sub_mchid);
    // Batches belong to the merchant itself.
    let batches = state.batches.iter();
    let batches = batches.filter(move |_| sub_mchid.is_none());
    let mchid = &*state.mchid;
    let account = sub_mchid.unwrap_or(mchid);
    let shares = state.shares.iter();
    let returns = state.returns.iter();
    orders
        .flat_map(of_order)
        .chain(refunds.flat_map(of_refund))
        .chain(transfers.filter_map(of_transfer))
        .chain(batches.flat_map(of_batch))
        .chain(shares.flat_map(move |share| of_share(share, mchid, account)))
        .chain(returns.filter_map(move |it| of_return(state, it, account)))
}

fn of_order(order: &Order) -> impl Iterator<Item = Flow<'_>> {
    let id = order.transaction_id.as_deref().unwrap_or_default();
    let flow = move |time: i64, out: bool| Flow {
        time,
        id,
        flow_id: id,
        name: if out {
            ("退款", "退款")
        } else {
            ("交易", "交易")
        },
        amount: if out { -1 } else { 1 } * i128::from(order.total),
        applicant: None,
        remark: if out {
            Remark::Refunded
        } else {
            Remark::Settled
        },
        voucher: &order.out_trade_no,
    };
    let paid = order.paid.map(|time| flow(time, false));
    let revoked = order.paid.is_some() && order.state == TradeState::Revoked;
    let back = order.reversed.filter(|_| revoked);
    paid.into_iter()
        .chain(back.map(move |time| flow(time, true)))
}

fn of_refund(refund: &Refund) -> impl Iterator<Item = Flow<'_>> {
    let flow = |time: i64, kind: &'static str, sign: i128| Flow {
        time,
        id: &refund.refund_id,
        flow_id: &refund.transaction_id,
        name: ("退款", kind),
        amount: sign * i128::from(refund.amount),
        applicant: Some(&refund.party.mchid),
        remark: Remark::Refunded,
        voucher: &refund.out_refund_no,
    };
    let taken = flow(refund.created, "退款", -1);
    let back = refund.closed.map(|time| flow(time, "退款关闭", 1));
    std::iter::once(taken).chain(back)
}

fn of_transfer(transfer: &Transfer) -> Option<Flow<'_>> {
    (transfer.state == TransferState::Success).then(|| Flow {
        time: transfer.updated,
        id: &transfer.transfer_bill_no,
        flow_id: &transfer.transfer_bill_no,
        name: ("商家转账", "商家转账"),
        amount: -i128::from(transfer.amount),
        applicant: Some(&transfer.mchid),
        remark: Remark::Text(&transfer.remark),
        voucher: &transfer.out_bill_no,
    })
}

fn of_batch(batch: &Batch) -> impl Iterator<Item = Flow<'_>> {
    let arrived = |it: &&Detail| it.status == DetailStatus::Success;
    let details = batch.details.iter().filter(arrived);
    details.map(|detail| Flow {
        time: detail.updated,
        id: &detail.detail_id,
        flow_id: &detail.detail_id,
        name: ("商家转账", "商家转账"),
        amount: -i128::from(detail.amount),
        applicant: Some(&batch.mchid),
        remark: Remark::Text(&detail.remark),
        voucher: &detail.out_detail_no,
    })
}

/// The movements of an account by profit sharing.
fn of_share<'s>(
    share: &'s Share,
    mchid: &'s str,
    account: &'s str,
) -> impl Iterator<Item = Flow<'s>> {
    let details = share.details.iter();
    let details = details.filter(|detail| detail.result == DetailResult::Success);
    details.filter_map(move |detail| {
        let getter = (detail.kind == "MERCHANT_ID").then_some(&*detail.account);
        let sign = sign(share.party.seller(), getter, account)?;
        Some(Flow {
            time: share.ended?,
            id: &share.order_id,
            flow_id: &detail.detail_id,
            name: ("分账", "分账"),
            amount: sign * i128::from(detail.amount),
            applicant: Some(mchid),
            remark: Remark::Text(&detail.description),
            voucher: &share.out_order_no,
        })
    })
}

fn of_return<'s>(state: &'s State, back: &'s Return, account: &str) -> Option<Flow<'s>> {
    let share = state.shares.get(&back.share)?;
    let sign = sign(&back.done.account, Some(share.party.seller()), account)?;
    Some(Flow {
        time: back.done.time,
        id: &back.id,
        flow_id: &back.id,
        name: ("分账", "分账回退"),
        amount: sign * i128::from(back.done.amount),
        applicant: Some(&state.mchid),
        remark: Remark::Text(""),
        voucher: &back.number,
    })
}

/// The sign of a movement for an account; `None` if it does not change the account.
fn sign(giver: &str, getter: Option<&str>, account: &str) -> Option<i128> {
    match (giver == account, getter == Some(account)) {
        (true, false) => Some(-1),
        (false, true) => Some(1),
        _ => None,
    }
}

/// The bill of the day's flows, oldest first.
fn written(flows: &[Flow<'_>], mut balance: i128) -> Option<String> {
    if flows.is_empty() {
        return None;
    }
    let mut rows = Vec::new();
    let (mut income, mut spent) = (Vec::new(), Vec::new());
    for flow in flows {
        balance += flow.amount;
        rows.push(flow.columns(balance));
        if flow.amount < 0 {
            spent.push(flow.amount)
        } else {
            income.push(flow.amount)
        }
    }
    let sums = [
        rows.len().to_string(),
        income.len().to_string(),
        yuan(income.iter().sum()),
        spent.len().to_string(),
        yuan(-spent.iter().sum::<i128>()),
    ];
    Some(csv(HEAD, &rows, SUM, &sums))
}

impl Flow<'_> {
    fn columns(&self, balance: i128) -> Vec<String> {
        let (name, kind) = self.name;
        vec![
            at(self.time),
            self.id.to_owned(),
            self.flow_id.to_owned(),
            name.to_owned(),
            kind.to_owned(),
            if self.amount < 0 { "支出" } else { "收入" }.to_owned(),
            yuan(self.amount.abs()),
            yuan(balance),
            self.applicant
                .map_or_else(|| "system".to_owned(), |whose| format!("{whose}API")),
            without_commas(&self.remark()),
            without_commas(self.voucher),
        ]
    }

    fn remark(&self) -> String {
        let what = match self.remark {
            Remark::Settled => "结算",
            Remark::Refunded => "退款",
            Remark::Text(text) => return text.to_owned(),
        };
        format!("{what}总金额{}元;含手续费0.00元", yuan(self.amount.abs()))
    }
}

/// Writes commas in 备注 and 业务凭证号 as a backslash and a space.
///
/// Unconfirmed: the page says that these two columns escape commas, but no real bill with a comma is published.
fn without_commas(text: &str) -> String {
    text.replace(',', "\\ ")
}
