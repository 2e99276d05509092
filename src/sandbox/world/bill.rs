//! A day's trade bill: the orders that were paid on it.
//!
//! Source: "申请交易账单", the columns of `bill_type=ALL` and of its sum.

use super::super::date::Local;
use super::World;
use super::order::Order;
use super::request::sum;

const HEAD: &str = "\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,\
    交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,\
    退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
const SUM: &str = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";

impl World {
    /// The bill of a day (`2018-06-08`); `None` when nothing was paid on it.
    pub(in crate::sandbox) fn trade_bill(&self, day: &str) -> Option<String> {
        self.with(|state| {
            let orders = state.orders.iter();
            let orders = orders.filter_map(|order| Some((order, Local::of(order.paid?))));
            let of_day: Vec<_> = orders.filter(|(_, paid)| paid.date() == day).collect();
            (!of_day.is_empty()).then(|| written(&of_day))
        })
    }
}

fn written(orders: &[(&Order, Local)]) -> String {
    let lines: String = orders
        .iter()
        .map(|(order, paid)| line(order, paid.to_string()))
        .collect();
    let total = yuan(sum(orders.iter().map(|(order, _)| order.total)));
    let count = orders.len();
    format!("{HEAD}{lines}{SUM}`{count},`{total},`0.00,`0.00,`0.00000,`{total},`0.00\r\n")
}

fn line(order: &Order, paid: String) -> String {
    let total = yuan(order.total.into());
    let sub_mchid = order.party.sub_mchid.as_deref().unwrap_or("0");
    let columns = [
        &*paid,
        &order.party.appid,
        &order.party.mchid,
        sub_mchid,
        "",
        order.transaction_id.as_deref().unwrap_or_default(),
        &order.out_trade_no,
        order.payer.openid(),
        order.kind.trade_type,
        "SUCCESS",
        "OTHERS",
        &order.currency,
        &total,
        "0.00",
        "0",
        "0",
        "0.00",
        "0.00",
        "",
        "",
        &order.description,
        order.attach.as_deref().unwrap_or_default(),
        "0.00000",
        "0.60%",
        &total,
        "0.00",
        "",
    ];
    let columns = columns.map(|column| format!("`{}", cell(column)));
    format!("{}\r\n", columns.join(","))
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
        assert_eq!(HEAD.matches(',').count(), 26);
        assert_eq!(cell("a,b`c\n"), "a b c ");
    }
}
