//! The orders and other things in the sandbox, with the actions of users and banks.

use std::sync::Arc;

use maud::{Markup, html};

use super::lang::Lang;
use super::layout::{self, Refresh, button_of, button_with, empty, segment, yuan};
use crate::state::SandboxState;
use crate::world::World;
use crate::{
    ComplaintRecord, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord,
};

const HERE: &str = "/_sandbox/orders";
/// The newest of each kind.
const SHOWN: usize = 100;

pub(super) fn page(state: &Arc<SandboxState>, lang: Lang) -> Markup {
    let now = state.now();
    let all = state.accounts.all();
    let worlds = || all.iter().map(|account| &account.world);
    let orders: Vec<_> = worlds().flat_map(|world| world.orders(now)).collect();
    let refunds: Vec<_> = worlds().flat_map(World::refunds).collect();
    let transfers: Vec<_> = worlds().flat_map(World::transfers).collect();
    let sharing: Vec<_> = worlds().flat_map(World::sharing).collect();
    let complaints: Vec<_> = worlds().flat_map(World::complaints).collect();
    let content = html! {
        @if orders.is_empty() && transfers.is_empty() {
            (empty(lang.say(
                "No order has been made yet. POST one to v3/pay/transactions/native; then pay it here, as the user.",
                "还没有订单。请先调用 v3/pay/transactions/native 下单，再在本页以用户身份支付。",
            )))
        }
        @if !orders.is_empty() { (order_table(&orders, lang)) }
        @if !refunds.is_empty() { (refund_table(&refunds, lang)) }
        @if !complaints.is_empty() { (complaint_table(&complaints, lang)) }
        @if !transfers.is_empty() { (transfer_table(&transfers, lang)) }
        @if !sharing.is_empty() {
            (sharing_table(&sharing, lang))
        }
        (hold(state, lang))
    };
    layout::page(
        lang,
        HERE,
        lang.say("Orders", "订单"),
        Refresh::Live,
        &content,
    )
}

/// Whether refunds wait for the bank.
fn hold(state: &SandboxState, lang: Lang) -> Markup {
    let all = state.accounts.all();
    let is_held = all.iter().any(|account| account.world.holds_refunds());
    let (hold, said, label) = if is_held {
        (
            "false",
            lang.say(
                "Refunds stay PROCESSING until they are settled.",
                "退款停在 PROCESSING，等待手动处理。",
            ),
            lang.say("Let refunds succeed", "恢复自动成功"),
        )
    } else {
        (
            "true",
            lang.say("Refunds succeed by themselves.", "退款会自动成功。"),
            lang.say("Hold refunds", "让退款停在处理中"),
        )
    };
    html! {
        p.dim { (said) }
        (button_with("refunds/hold", HERE, ("hold", hold), label))
    }
}

fn order_table(orders: &[OrderRecord], lang: Lang) -> Markup {
    html! {
        table.list {
            thead { tr {
                th { (lang.say("Number", "商户订单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Total", "金额")) }
                th { (lang.say("Refunded", "已退款")) }
                th { (lang.say("The user", "用户操作")) }
            } }
            tbody { @for order in orders.iter().rev().take(SHOWN) { tr {
                td.code { (link("orders", &order.key)) (merchant(&order.mchid)) @if let Some(id) = &order.transaction_id { br; span.dim { (id) } } }
                td { (state(order.trade_state)) }
                td data-label=(lang.say("Total", "金额")) { (yuan(order.total)) }
                td data-label=(lang.say("Refunded", "已退款")) { (yuan(order.refunded)) }
                td { (user(order, HERE, lang)) }
            } } }
        }
    }
}

/// A part of a combined order is paid with the whole.
pub(super) fn user(order: &OrderRecord, back: &str, lang: Lang) -> Markup {
    let number = order.combine_out_trade_no.as_deref().unwrap_or(&order.key);
    let path = |verb: &str| format!("orders/{}/{verb}", segment(number));
    let single = order.combine_out_trade_no.is_none();
    let act = |path: &str, label: &str| button_with(path, back, ("mchid", &order.mchid), label);
    let open = ["NOTPAY", "USERPAYING", "PAYERROR"].contains(&order.trade_state);
    html! {
        @if open {
            (act(&path("pay"),  lang.say("Pay", "支付")))
            @if single { (act(&path("fail"),  lang.say("Fail", "支付失败"))) }
            (act(&path("expire"),  lang.say("Expire", "超时关闭")))
        }
        @if ["SUCCESS", "REFUND"].contains(&order.trade_state) && order.refunded < order.total && single {
            (act(&path("refund"),  lang.say("Refund the rest", "退还剩余金额")))
        }
        @if order.transaction_id.is_some() {
            @let members = [("out_trade_no", &*order.out_trade_no), ("mchid", &*order.mchid)];
            (button_of("complaints", back, &members, lang.say("Complain", "投诉")))
        }
    }
}

fn refund_table(refunds: &[RefundRecord], lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Refunds", "退款")) }
        table.list {
            thead { tr {
                th { (lang.say("Number", "商户退款单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Amount", "金额")) }
                th { (lang.say("The bank", "银行操作")) }
            } }
            tbody { @for refund in refunds.iter().rev().take(SHOWN) { tr {
                td.code { (link("refunds", &refund.key)) (merchant(&refund.mchid)) br; span.dim { (refund.out_trade_no) } }
                td { (state(refund.status.name())) }
                td data-label=(lang.say("Amount", "金额")) { (yuan(refund.amount)) }
                td { (bank(refund, HERE, lang)) }
            } } }
        }
    }
}

/// The actions of the bank.
pub(super) fn bank(refund: &RefundRecord, back: &str, lang: Lang) -> Markup {
    html! {
        @if [RefundStatus::Processing, RefundStatus::Abnormal].contains(&refund.status) {
            (settle(refund, "SUCCESS", back, lang.say("Succeed", "成功")))
            (settle(refund, "CLOSED", back, lang.say("Close", "关闭")))
            (settle(refund, "ABNORMAL", back, lang.say("Abnormal", "异常")))
        }
    }
}

fn settle(refund: &RefundRecord, status: &str, back: &str, label: &str) -> Markup {
    let path = format!("refunds/{}/settle", segment(&refund.key));
    let members = [("status", status), ("mchid", &*refund.mchid)];
    button_of(&path, back, &members, label)
}

fn complaint_table(complaints: &[ComplaintRecord], lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Complaints", "消费者投诉")) }
        table.list {
            thead { tr {
                th { (lang.say("Number", "投诉单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Order", "订单")) }
            } }
            tbody { @for complaint in complaints.iter().rev().take(SHOWN) { tr {
                td.code { (link("complaints", &complaint.complaint_id)) (merchant(&complaint.mchid)) }
                td { (state(complaint.complaint_state)) }
                td.code data-label=(lang.say("Order", "订单")) { (link("orders", &complaint.out_trade_no)) }
            } } }
        }
    }
}

fn transfer_table(transfers: &[TransferRecord], lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Transfers", "商家转账")) }
        table.list {
            thead { tr {
                th { (lang.say("Number", "商户单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Amount", "金额")) }
                th { (lang.say("The user", "用户操作")) }
            } }
            tbody { @for transfer in transfers.iter().rev().take(SHOWN) { tr {
            td.code { (link("transfers", &transfer.key)) (merchant(&transfer.mchid)) }
            td { (state(transfer.state)) }
            td data-label=(lang.say("Amount", "金额")) { (yuan(transfer.amount)) }
            td { (receiver(transfer, HERE, lang)) }
        } } } }
    }
}

fn sharing_table(sharing: &[SharingRecord], lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Profit sharing", "分账")) }
        table.list {
            thead { tr {
                th { (lang.say("Number", "商户分账单号")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Amount", "金额")) }
                th { (lang.say("Order", "订单")) }
            } }
            tbody { @for record in sharing.iter().rev().take(SHOWN) { tr {
                td.code { (link("sharing", &record.key)) (merchant(&record.mchid)) }
                td { (state(if record.finished { "FINISHED" } else { "PROCESSING" })) }
                td data-label=(lang.say("Amount", "金额")) { (yuan(shared(record))) }
                td.code { (link("orders", &record.out_trade_no)) }
            } } }
        }
    }
}

/// The total of all receivers, in fen.
fn shared(record: &SharingRecord) -> i64 {
    let receivers = record.json["receivers"].as_array();
    let amounts = receivers
        .into_iter()
        .flatten()
        .filter_map(|it| it["amount"].as_i64());
    amounts.fold(0, i64::saturating_add)
}

/// The actions of the receiving user.
pub(super) fn receiver(transfer: &TransferRecord, back: &str, lang: Lang) -> Markup {
    let path = format!("transfers/{}", segment(&transfer.key));
    let member = ("mchid", &*transfer.mchid);
    let act = |verb: &str, label: &str| button_with(&format!("{path}/{verb}"), back, member, label);
    html! {
        @if transfer.state == "WAIT_USER_CONFIRM" {
            (act("confirm", lang.say("Confirm", "确认收款")))
            (act("reject", lang.say("Refuse", "拒绝")))
        }
    }
}

/// The merchant that has a thing.
fn merchant(mchid: &str) -> Markup {
    html! { br; span.dim { (mchid) } }
}

/// The page of one.
pub(super) fn link(kind: &str, number: &str) -> Markup {
    html! { a href={ "/_sandbox/" (kind) "/" (segment(number)) } { (number) } }
}

pub(super) fn state(name: &str) -> Markup {
    let class = match name {
        "SUCCESS" | "REFUND" | "PROCESSED" | "FINISHED" => "good",
        "PAYERROR" | "ABNORMAL" | "FAIL" => "bad",
        _ => "dim",
    };
    html! { span class=(class) { (name) } }
}
