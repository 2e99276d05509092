//! A day's trade bill (交易账单): its payments and refunds.
//!
//! `ALL` has payments and refunds. `SUCCESS` has only payments, and no columns about refunds. `REFUND` has only
//! refunds, with the times of their request and completion. A refund is listed on the day of its request, whatever
//! its outcome (`FAIL` if it was closed, `CHANGE` if it is abnormal). The bill shows the present state, whereas
//! WeChat Pay writes it once.

use std::ops::Range;

use super::super::order::model::{Order, TradeState};
use super::super::refund::model::{Refund, RefundStatus};
use super::super::request::sum;
use super::super::state::State;
use super::{at, csv, is_asked, yuan};

const BEGINNING: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,\
    交易状态,付款银行,货币种类,应结订单金额,代金券金额";
const TIMES: &str = "退款申请时间,退款成功时间";
const REFUND: &str = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态";
const SUM: &str =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
const SUM_OF_SUCCESS: &str = "总交易单数,应结订单总金额,手续费总金额,订单总金额";

/// The rows and columns of a bill (账单类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BillType {
    All,
    Success,
    Refund,
}

impl BillType {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ALL" => Self::All,
            "SUCCESS" => Self::Success,
            "REFUND" => Self::Refund,
            _ => return None,
        })
    }
}

/// Whether no order was ever created.
pub(crate) fn is_unused(state: &State) -> bool {
    state.orders.iter().next().is_none()
}

/// The trade bill of a day (in seconds since the Unix epoch), of all orders or of one sub-merchant's.
/// `None` when it would be empty.
pub(crate) fn bill(
    state: &State,
    day: Range<i64>,
    bill_type: BillType,
    sub_mchid: Option<&str>,
) -> Option<String> {
    let mut rows = rows(state, bill_type);
    rows.retain(|row| day.contains(&row.time));
    rows.retain(|row| sub_mchid.is_none() || is_asked(&row.order.party, sub_mchid));
    rows.sort_by_key(|row| row.time);
    (!rows.is_empty()).then(|| written(&rows, bill_type))
}

/// A payment or a refund.
struct Row<'s> {
    time: i64,
    order: &'s Order,
    back: Option<Back<'s>>,
}

struct Back<'s> {
    /// The state in the bill's terms; a reversal does not count as a refund.
    trade_state: &'static str,
    id: &'s str,
    number: &'s str,
    amount: i64,
    status: &'static str,
    ended: Option<i64>,
}

fn rows(state: &State, bill_type: BillType) -> Vec<Row<'_>> {
    let payments = state.orders.iter().filter_map(|order| {
        let (time, back) = (order.paid?, None);
        Some(Row { time, order, back })
    });
    let refunds = state.refunds.iter();
    let refunds = refunds.filter_map(|refund| refunded(state, refund));
    let reversed = state.orders.iter().filter_map(reversed);
    match bill_type {
        BillType::All => payments.chain(refunds).chain(reversed).collect(),
        BillType::Success => payments.collect(),
        BillType::Refund => refunds.chain(reversed).collect(),
    }
}

fn refunded<'s>(state: &'s State, refund: &'s Refund) -> Option<Row<'s>> {
    Some(Row {
        time: refund.created,
        order: state.orders.get(&refund.order_key())?,
        back: Some(Back {
            trade_state: "REFUND",
            id: &refund.refund_id,
            number: &refund.out_refund_no,
            amount: refund.amount,
            status: match refund.status {
                RefundStatus::Closed => "FAIL",
                RefundStatus::Abnormal => "CHANGE",
                status => status.name(),
            },
            ended: refund.ended,
        }),
    })
}

/// The row of a payment by code that was reversed after its payment.
fn reversed(order: &Order) -> Option<Row<'_>> {
    order.paid.filter(|_| order.state == TradeState::Revoked)?;
    let time = order.reversed?;
    Some(Row {
        time,
        order,
        back: Some(Back {
            trade_state: "REVOKED",
            id: "0",
            number: "0",
            amount: order.total,
            status: "SUCCESS",
            ended: Some(time),
        }),
    })
}

fn written(rows: &[Row<'_>], bill_type: BillType) -> String {
    let lines: Vec<_> = rows.iter().map(|row| row.columns(bill_type)).collect();
    let paid = rows.iter().filter(|row| row.back.is_none());
    let paid = yuan(sum(paid.map(|row| row.order.total)));
    let back = rows.iter().filter_map(|row| row.back.as_ref());
    let back = yuan(sum(back.map(|back| back.amount)));
    let (count, none) = (rows.len().to_string(), "0.00");
    let (names, sums) = match bill_type {
        BillType::Success => (SUM_OF_SUCCESS, vec![&*count, &paid, NO_FEE, &paid]),
        _ => (SUM, vec![&*count, &paid, &back, none, NO_FEE, &paid, &back]),
    };
    let sums: Vec<_> = sums.into_iter().map(str::to_owned).collect();
    csv(&head(bill_type), &lines, names, &sums)
}

/// 手续费 has five decimal places.
const NO_FEE: &str = "0.00000";

fn head(bill_type: BillType) -> String {
    match bill_type {
        BillType::All => format!(
            "{BEGINNING},{REFUND},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
        ),
        BillType::Success => {
            format!("{BEGINNING},商品名称,商户数据包,手续费,费率,订单金额,费率备注")
        }
        BillType::Refund => format!(
            "{BEGINNING},{TIMES},{REFUND},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
        ),
    }
}

impl Row<'_> {
    fn columns(&self, bill_type: BillType) -> Vec<String> {
        let mut columns = self.beginning();
        if bill_type == BillType::Refund {
            let ended = self.back.as_ref().and_then(|back| back.ended);
            columns.push(at(self.time));
            columns.push(ended.map(at).unwrap_or_default());
        }
        if bill_type != BillType::Success {
            columns.extend(self.refund());
        }
        columns.extend([
            self.order.description.clone(),
            self.order.attach.clone().unwrap_or_default(),
            NO_FEE.to_owned(),
            "0.60%".to_owned(),
            self.paid(),
        ]);
        if bill_type != BillType::Success {
            columns.push(self.given_back());
        }
        columns.push(String::new());
        columns
    }

    fn beginning(&self) -> Vec<String> {
        let (order, party) = (self.order, &self.order.party);
        let columns = [
            &*at(self.time),
            &*party.appid,
            &party.mchid,
            party.sub_mchid.as_deref().unwrap_or("0"),
            "",
            order.transaction_id.as_deref().unwrap_or_default(),
            &order.out_trade_no,
            order.payer.openid(),
            order.kind.trade_type,
            self.back.as_ref().map_or("SUCCESS", |it| it.trade_state),
            "OTHERS",
            &order.currency,
            &self.paid(),
            "0.00",
        ];
        columns.map(str::to_owned).to_vec()
    }

    fn refund(&self) -> [String; 6] {
        let (id, number, kind, status) = match &self.back {
            Some(back) => (back.id, back.number, "ORIGINAL", back.status),
            None => ("0", "0", "", ""),
        };
        let amount = &*self.given_back();
        [id, number, amount, "0.00", kind, status].map(str::to_owned)
    }

    fn paid(&self) -> String {
        yuan(match self.back {
            Some(_) => 0,
            None => self.order.total.into(),
        })
    }

    fn given_back(&self) -> String {
        yuan(self.back.as_ref().map_or(0, |back| back.amount.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_columns() {
        let columns = |type_| head(type_).matches(',').count() + 1;
        assert_eq!(columns(BillType::All), 27);
        assert_eq!(columns(BillType::Success), 20);
        assert_eq!(columns(BillType::Refund), 29);
    }
}
