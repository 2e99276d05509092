//! A day's fund-flow bill (资金账单): what came into an account of the merchant's, and what left it.
//!
//! Each account has a bill of its own (`account_type`): payments, refunds, transfers and profit sharing
//! move the basic account, and nothing moves the others. A service provider's is its own money alone;
//! its sub-merchants' is theirs.
//!
//! The row of a refund (业务单号 is the refund's, 资金流水单号 the payment's, 业务凭证号 the merchant's) and
//! the remarks are as users have published them. The sandbox's own: the names 商家转账 and 分账回退 (the
//! documents list 交易, 退款, 充值/提现, 企业付款, 代金券, 分账 "and others"), that no fee is taken, and
//! that an account begins with a million yuan, so that it has what is taken.

use super::super::super::identity::MCHID;
use super::super::batch::{Batch, Detail, DetailStatus};
use super::super::order::{Order, TradeState};
use super::super::refund::Refund;
use super::super::share::{Return, Share, SliceResult};
use super::super::transfers::{Transfer, TransferState};
use super::super::{State, World};
use super::{DayBill, Local, at, csv, is_asked, yuan};

const HEAD: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),\
    账户结余(元),资金变更提交申请人,备注,业务凭证号";
const SUM: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

/// What an account begins with, in fen.
const OPENING: i128 = 100_000_000;

impl World {
    /// The bill of a day (`2018-06-08`) for the merchant's basic account, or that of a sub-merchant.
    pub(in crate::sandbox) fn fund_bill(&self, day: &str, sub_mchid: Option<&str>) -> DayBill {
        self.with(|state| {
            let orders = state.orders.iter().next();
            let transfers = state.transfers.iter().next();
            let batches = state.batches.iter().next();
            if orders.is_none() && transfers.is_none() && batches.is_none() {
                return DayBill::Fresh;
            }
            let mut flows = flows(state, sub_mchid);
            flows.sort_by_key(|flow| flow.time);
            written(&flows, day)
        })
    }
}

/// Money that moved.
#[derive(Debug)]
struct Flow {
    time: i64,
    /// 微信支付业务单号.
    id: String,
    /// 资金流水单号.
    flow_id: String,
    /// 业务名称 and 业务类型.
    name: (&'static str, &'static str),
    /// In fen; what is taken is below 0.
    amount: i128,
    applicant: String,
    remark: String,
    /// 业务凭证号.
    voucher: String,
}

fn flows(state: &State, sub_mchid: Option<&str>) -> Vec<Flow> {
    let orders = state.orders.iter();
    let orders = orders.filter(|order| is_asked(&order.party, sub_mchid));
    let refunds = state.refunds.iter();
    let refunds = refunds.filter(|refund| is_asked(&refund.party, sub_mchid));
    let transfers = state.transfers.iter();
    let transfers = transfers.filter(|it| it.sub_mchid.as_deref() == sub_mchid);
    // A batch is the merchant's own.
    let batches = state.batches.iter().filter(|_| sub_mchid.is_none());
    let account = sub_mchid.unwrap_or(MCHID);
    let shares = state.shares.iter();
    let returns = state.returns.iter();
    orders
        .flat_map(of_order)
        .chain(refunds.flat_map(of_refund))
        .chain(transfers.filter_map(of_transfer))
        .chain(batches.flat_map(of_batch))
        .chain(shares.flat_map(|share| of_share(share, account)))
        .chain(returns.filter_map(|it| of_return(state, it, account)))
        .collect()
}

fn of_order(order: &Order) -> impl Iterator<Item = Flow> {
    let id = order.transaction_id.clone().unwrap_or_default();
    let money = yuan(order.total.into());
    let flow = |time: i64, out: bool| Flow {
        time,
        id: id.clone(),
        flow_id: id.clone(),
        name: if out {
            ("退款", "退款")
        } else {
            ("交易", "交易")
        },
        amount: if out { -1 } else { 1 } * i128::from(order.total),
        applicant: "system".to_owned(),
        remark: match out {
            true => format!("退款总金额{money}元;含手续费0.00元"),
            false => format!("结算总金额{money}元;含手续费0.00元"),
        },
        voucher: order.out_trade_no.clone(),
    };
    let paid = order.paid.map(|time| flow(time, false));
    let revoked = order.paid.is_some() && order.state == TradeState::Revoked;
    let back = order.reversed.filter(|_| revoked);
    paid.into_iter().chain(back.map(|time| flow(time, true)))
}

fn of_refund(refund: &Refund) -> impl Iterator<Item = Flow> {
    let money = yuan(refund.amount.into());
    let flow = |time: i64, kind: &'static str, sign: i128| Flow {
        time,
        id: refund.refund_id.clone(),
        flow_id: refund.transaction_id.clone(),
        name: ("退款", kind),
        amount: sign * i128::from(refund.amount),
        applicant: format!("{}API", refund.party.mchid),
        remark: format!("退款总金额{money}元;含手续费0.00元"),
        voucher: refund.out_refund_no.clone(),
    };
    let taken = flow(refund.created, "退款", -1);
    let back = refund.closed.map(|time| flow(time, "退款关闭", 1));
    std::iter::once(taken).chain(back)
}

fn of_transfer(transfer: &Transfer) -> Option<Flow> {
    (transfer.state == TransferState::Success).then(|| Flow {
        time: transfer.updated,
        id: transfer.transfer_bill_no.clone(),
        flow_id: transfer.transfer_bill_no.clone(),
        name: ("商家转账", "商家转账"),
        amount: -i128::from(transfer.amount),
        applicant: format!("{MCHID}API"),
        remark: transfer.remark.clone(),
        voucher: transfer.out_bill_no.clone(),
    })
}

fn of_batch(batch: &Batch) -> impl Iterator<Item = Flow> {
    let arrived = |it: &&Detail| it.status() == DetailStatus::Success;
    let details = batch.details.iter().filter(arrived);
    details.filter_map(|detail| {
        Some(Flow {
            time: batch.ended?,
            id: detail.detail_id.clone(),
            flow_id: detail.detail_id.clone(),
            name: ("商家转账", "商家转账"),
            amount: -i128::from(detail.amount),
            applicant: format!("{MCHID}API"),
            remark: detail.remark.clone(),
            voucher: detail.out_detail_no.clone(),
        })
    })
}

/// What the account gave to others, or was given.
fn of_share<'s>(share: &'s Share, account: &'s str) -> impl Iterator<Item = Flow> + 's {
    let slices = share.slices.iter();
    let slices = slices.filter(|slice| slice.result == SliceResult::Success);
    slices.filter_map(move |slice| {
        let getter = (slice.kind == "MERCHANT_ID").then_some(&*slice.account);
        let sign = sign(share.party.seller(), getter, account)?;
        Some(Flow {
            time: share.ended?,
            id: share.order_id.clone(),
            flow_id: slice.detail_id.clone(),
            name: ("分账", "分账"),
            amount: sign * i128::from(slice.amount),
            applicant: format!("{MCHID}API"),
            remark: slice.description.clone(),
            voucher: share.out_order_no.clone(),
        })
    })
}

fn of_return(state: &State, back: &Return, account: &str) -> Option<Flow> {
    let share = state.shares.get(&back.out_order_no)?;
    let sign = sign(&back.done.account, Some(share.party.seller()), account)?;
    Some(Flow {
        time: back.done.time,
        id: back.id.clone(),
        flow_id: back.id.clone(),
        name: ("分账", "分账回退"),
        amount: sign * i128::from(back.done.amount),
        applicant: format!("{MCHID}API"),
        remark: String::new(),
        voucher: back.number.clone(),
    })
}

/// Which way money goes for an account; `None` when it stays or is somebody else's.
fn sign(giver: &str, getter: Option<&str>, account: &str) -> Option<i128> {
    match (giver == account, getter == Some(account)) {
        (true, false) => Some(-1),
        (false, true) => Some(1),
        _ => None,
    }
}

fn written(flows: &[Flow], day: &str) -> DayBill {
    let mut balance = OPENING;
    let mut rows = Vec::new();
    let (mut income, mut spent) = (Vec::new(), Vec::new());
    for flow in flows {
        balance += flow.amount;
        if Local::of(flow.time).date() == day {
            rows.push(flow.columns(balance));
            match flow.amount < 0 {
                true => spent.push(flow.amount),
                false => income.push(flow.amount),
            }
        }
    }
    if rows.is_empty() {
        return DayBill::Nothing;
    }
    let sums = [
        rows.len().to_string(),
        income.len().to_string(),
        yuan(income.iter().sum()),
        spent.len().to_string(),
        yuan(-spent.iter().sum::<i128>()),
    ];
    DayBill::Written(csv(HEAD, &rows, SUM, &sums))
}

impl Flow {
    fn columns(&self, balance: i128) -> Vec<String> {
        let (name, kind) = self.name;
        vec![
            at(self.time),
            self.id.clone(),
            self.flow_id.clone(),
            name.to_owned(),
            kind.to_owned(),
            if self.amount < 0 { "支出" } else { "收入" }.to_owned(),
            yuan(self.amount.abs()),
            yuan(balance),
            self.applicant.clone(),
            self.remark.clone(),
            self.voucher.clone(),
        ]
    }
}
