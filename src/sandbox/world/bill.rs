//! A day's trade bill: what was paid and refunded on it.
//!
//! Source: "申请交易账单", the columns of each `bill_type` and of the sum.

use super::super::date::Local;
use super::order::{Order, TradeState};
use super::refund::{Refund, RefundStatus};
use super::request::sum;
use super::{State, World};

const SUM: &str = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";
const BEGINNING: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,\
    交易状态,付款银行,货币种类,应结订单金额,代金券金额";
const TIMES: &str = "退款申请时间,退款成功时间";
const REFUND: &str = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态";

/// Which rows and columns (账单类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum BillType {
    All,
    Success,
    Refund,
}

/// What there is to say of a day.
pub(in crate::sandbox) enum TradeBill {
    /// No order was ever made: nobody asks about one.
    Fresh,
    /// Nothing was paid or refunded on it.
    Nothing,
    Written(String),
}

impl World {
    /// The bill of a day (`2018-06-08`).
    pub(in crate::sandbox) fn trade_bill(&self, day: &str, bill_type: BillType) -> TradeBill {
        self.with(|state| {
            if state.orders.iter().next().is_none() {
                return TradeBill::Fresh;
            }
            let mut rows = rows(state, bill_type);
            rows.retain(|row| Local::of(row.time).date() == day);
            rows.sort_by_key(|row| row.time);
            match rows.is_empty() {
                true => TradeBill::Nothing,
                false => TradeBill::Written(written(&rows, bill_type)),
            }
        })
    }
}

/// A payment, or money given back.
struct Row<'s> {
    time: i64,
    order: &'s Order,
    back: Option<Back<'s>>,
}

struct Back<'s> {
    /// As the bill names it: what was reversed is no refund of the merchant's.
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
    let refunds = refunds.filter(|refund| refund.status != RefundStatus::Closed);
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
        order: state.orders.get(&refund.out_trade_no)?,
        back: Some(Back {
            trade_state: "REFUND",
            id: &refund.refund_id,
            number: &refund.out_refund_no,
            amount: refund.amount,
            status: refund.status.name(),
            ended: refund.ended,
        }),
    })
}

/// A payment by code that was taken back after it was paid.
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
    let lines: String = rows.iter().map(|row| row.line(bill_type)).collect();
    let paid = rows.iter().filter(|row| row.back.is_none());
    let paid = yuan(sum(paid.map(|row| row.order.total)));
    let back = rows.iter().filter_map(|row| row.back.as_ref());
    let back = yuan(sum(back.map(|back| back.amount)));
    let (head, count) = (head(bill_type), rows.len());
    format!(
        "\u{feff}{head}\r\n{lines}{SUM}\
         `{count},`{paid},`{back},`0.00,`0.00000,`{paid},`{back}\r\n"
    )
}

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
    fn line(&self, bill_type: BillType) -> String {
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
            "0.00000".to_owned(),
            "0.60%".to_owned(),
            self.paid(),
        ]);
        if bill_type != BillType::Success {
            columns.push(self.given_back());
        }
        columns.push(String::new());
        let cells: Vec<_> = columns.iter().map(|it| format!("`{}", cell(it))).collect();
        format!("{}\r\n", cells.join(","))
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

fn at(time: i64) -> String {
    Local::of(time).to_string()
}

/// What would end a cell or a line is a blank.
fn cell(text: &str) -> String {
    text.replace([',', '`', '"', '\r', '\n'], " ")
}

fn yuan(fen: i128) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_yuan() {
        for (fen, text) in [
            (1, "0.01"),
            (99, "0.99"),
            (100, "1.00"),
            (123_456, "1234.56"),
        ] {
            assert_eq!(yuan(fen), text);
        }
        let columns = |type_| head(type_).matches(',').count() + 1;
        assert_eq!(columns(BillType::All), 27);
        assert_eq!(columns(BillType::Success), 20);
        assert_eq!(columns(BillType::Refund), 29);
        assert_eq!(cell("a,b`c\n"), "a b c ");
    }
}
