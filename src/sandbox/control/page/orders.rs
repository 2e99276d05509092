//! What the sandbox remembers, and what the user does.

use std::sync::Arc;

use maud::{Markup, html};
use serde_json::Value;

use super::lang::Lang;
use super::layout::{self, button, empty, segment, yuan};
use crate::sandbox::gateway::Gateway;
use crate::sandbox::{OrderRecord, RefundRecord, RefundStatus, TransferRecord};

const HERE: &str = "/_sandbox/orders";
/// The newest of each kind.
const SHOWN: usize = 100;

pub(super) fn page(gateway: &Arc<Gateway>, lang: Lang) -> Markup {
    let now = gateway.clock.now();
    let (orders, refunds) = (gateway.world.orders(now), gateway.world.refunds());
    let (transfers, sharing) = (gateway.world.transfers(), gateway.world.sharing());
    let content = html! {
        @if orders.is_empty() && transfers.is_empty() {
            (empty(lang.say("No order has been made yet.", "还没有下过订单。")))
        }
        @if !orders.is_empty() { (order_table(&orders, lang)) }
        @if !refunds.is_empty() { (refund_table(&refunds, lang)) }
        @if !transfers.is_empty() { (transfer_table(&transfers, lang)) }
        @if !sharing.is_empty() {
            h2 { (lang.say("Profit sharing", "分账")) }
            table { tbody { @for record in sharing.iter().rev().take(SHOWN) {
                tr { td.code { (record.out_order_no) } td.code { (record.out_trade_no) } td { (json(&record.json, lang)) } }
            } } }
        }
    };
    layout::page(lang, HERE, lang.say("Orders", "订单"), true, &content)
}

fn order_table(orders: &[OrderRecord], lang: Lang) -> Markup {
    html! {
        table {
            thead { tr {
                th { (lang.say("Number", "商户订单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Total", "金额")) }
                th.narrow { (lang.say("Refunded", "已退款")) }
                th { (lang.say("The user", "用户操作")) }
            } }
            tbody { @for order in orders.iter().rev().take(SHOWN) { tr {
                td.code { (order.out_trade_no) @if let Some(id) = &order.transaction_id { br; span.dim { (id) } } }
                td { (state(order.trade_state)) (json(&order.json, lang)) }
                td { (yuan(order.total)) }
                td.narrow { (yuan(order.refunded)) }
                td { (user(order, lang)) }
            } } }
        }
    }
}

/// A part of a combined order is paid with the whole.
fn user(order: &OrderRecord, lang: Lang) -> Markup {
    let number = order
        .combine_out_trade_no
        .as_deref()
        .unwrap_or(&order.out_trade_no);
    let path = |verb: &str| format!("orders/{}/{verb}", segment(number));
    let single = order.combine_out_trade_no.is_none();
    let open = ["NOTPAY", "USERPAYING", "PAYERROR"].contains(&order.trade_state);
    html! {
        @if open {
            (button(&path("pay"), HERE, lang.say("Pay", "支付")))
            @if single { (button(&path("fail"), HERE, lang.say("Fail", "支付失败"))) }
            (button(&path("expire"), HERE, lang.say("Expire", "超时关闭")))
        }
        @if ["SUCCESS", "REFUND"].contains(&order.trade_state) && order.refunded < order.total && single {
            (button(&path("refund"), HERE, lang.say("Refund the rest", "退还余额")))
        }
    }
}

fn refund_table(refunds: &[RefundRecord], lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Refunds", "退款")) }
        table {
            thead { tr {
                th { (lang.say("Number", "商户退款单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Amount", "金额")) }
                th { (lang.say("The bank", "银行操作")) }
            } }
            tbody { @for refund in refunds.iter().rev().take(SHOWN) { tr {
                td.code { (refund.out_refund_no) br; span.dim { (refund.out_trade_no) } }
                td { (state(refund.status.name())) (json(&refund.json, lang)) }
                td { (yuan(refund.amount)) }
                td { @if [RefundStatus::Processing, RefundStatus::Abnormal].contains(&refund.status) {
                    (settle(refund, "SUCCESS", lang.say("Succeed", "成功")))
                    (settle(refund, "CLOSED", lang.say("Close", "关闭")))
                    (settle(refund, "ABNORMAL", lang.say("Abnormal", "异常")))
                } }
            } } }
        }
    }
}

fn settle(refund: &RefundRecord, status: &str, label: &str) -> Markup {
    html! {
        form.button method="post" action={ "/_sandbox/do/refunds/" (segment(&refund.out_refund_no)) "/settle" } {
            input type="hidden" name="back" value=(HERE);
            input type="hidden" name="status" value=(status);
            button { (label) }
        }
        " "
    }
}

fn transfer_table(transfers: &[TransferRecord], lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Transfers", "商家转账")) }
        table {
            thead { tr {
                th { (lang.say("Number", "商户单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Amount", "金额")) }
                th { (lang.say("The user", "用户操作")) }
            } }
            tbody { @for transfer in transfers.iter().rev().take(SHOWN) { tr {
            td.code { (transfer.out_bill_no) }
            td { (state(transfer.state)) (json(&transfer.json, lang)) }
            td { (yuan(transfer.amount)) }
            td { @if transfer.state == "WAIT_USER_CONFIRM" {
                @let path = format!("transfers/{}", segment(&transfer.out_bill_no));
                (button(&format!("{path}/confirm"), HERE, lang.say("Confirm", "确认收款")))
                (button(&format!("{path}/reject"), HERE, lang.say("Refuse", "拒绝")))
            } }
        } } } }
    }
}

fn state(name: &str) -> Markup {
    let class = match name {
        "SUCCESS" | "REFUND" => "good",
        "PAYERROR" | "ABNORMAL" | "FAIL" => "bad",
        _ => "dim",
    };
    html! { span class=(class) { (name) } }
}

fn json(json: &Value, lang: Lang) -> Markup {
    html! { details { summary.dim { (lang.say("as queried", "查询结果")) } pre { (format!("{json:#}")) } } }
}
