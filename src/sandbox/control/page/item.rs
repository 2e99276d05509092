//! One order, refund, complaint, transfer or profit sharing, with its JSON.

use std::sync::Arc;

use maud::{Markup, html};
use serde_json::Value;

use super::lanes::lanes;
use super::lang::Lang;
use super::layout::{self, Refresh, pretty, segment, yuan};
use super::orders::{bank, link, receiver, state, user};
use crate::state::SandboxState;
use crate::world::World;
use crate::{ComplaintRecord, OrderRecord, RefundRecord, SharingRecord, TransferRecord};

const LIST: &str = "/_sandbox/orders";

/// The page of `orders/T1`; `None` when there is no such thing.
pub(super) fn page(
    state: &Arc<SandboxState>,
    kind: &str,
    number: &str,
    lang: Lang,
) -> Option<Markup> {
    let accounts = state.accounts.all();
    let mut shown = accounts
        .iter()
        .filter_map(|account| one(state, &account.world, kind, number, lang).zip(Some(account)))
        .peekable();
    let title = kind_title(kind, lang)?;
    shown.peek()?;
    // Several merchants may have given the same number.
    let content = html! {
        @for (content, account) in shown {
            dl { dt { (lang.say("Merchant", "商户号")) } dd { code { (account.mchid()) } } }
            (content)
        }
    };
    let title = format!("{title} {number}");
    Some(layout::page(lang, LIST, &title, Refresh::Never, &content))
}

fn kind_title(kind: &str, lang: Lang) -> Option<&'static str> {
    Some(match kind {
        "orders" => lang.say("Order", "订单"),
        "refunds" => lang.say("Refund", "退款"),
        "complaints" => lang.say("Complaint", "投诉单"),
        "transfers" => lang.say("Transfer", "商家转账"),
        "sharing" => lang.say("Profit sharing", "分账"),
        _ => return None,
    })
}

/// The items of one merchant with this number.
fn one(
    state: &SandboxState,
    world: &World,
    kind: &str,
    number: &str,
    lang: Lang,
) -> Option<Markup> {
    Some(match kind {
        "orders" => {
            let orders = world.orders(state.now());
            let found = orders.iter().find(|it| it.key == number);
            let found = found.or_else(|| orders.iter().find(|it| it.out_trade_no == number))?;
            order(state, found, &world.refunds(), lang)
        }
        "refunds" => {
            let refunds = world.refunds();
            let found = refunds.iter().find(|it| it.key == number);
            let found = found.or_else(|| refunds.iter().find(|it| it.out_refund_no == number))?;
            refund(found, lang)
        }
        "complaints" => {
            let complaints = world.complaints();
            complaint(
                complaints.iter().find(|it| it.complaint_id == number)?,
                lang,
            )
        }
        "transfers" => {
            let transfers = world.transfers();
            let found = transfers.iter().find(|it| it.key == number);
            let found = found.or_else(|| transfers.iter().find(|it| it.out_bill_no == number))?;
            transfer(found, lang)
        }
        "sharing" => {
            let sharing = world.sharing();
            let found = sharing.iter().find(|it| it.key == number);
            let found = found.or_else(|| sharing.iter().find(|it| it.out_order_no == number))?;
            shared(found, lang)
        }
        _ => return None,
    })
}

fn order(
    sandbox: &SandboxState,
    order: &OrderRecord,
    refunds: &[RefundRecord],
    lang: Lang,
) -> Markup {
    let back = format!("{LIST}/{}", segment(&order.key));
    let of_it: Vec<_> = refunds
        .iter()
        .filter(|it| it.order == order.key && it.mchid == order.mchid)
        .collect();
    html! {
        dl {
            dt { (lang.say("State", "状态")) } dd { (state(order.trade_state)) }
            dt { (lang.say("Total", "金额")) } dd { (yuan(order.total)) }
            dt { (lang.say("Refunded", "已退款")) } dd { (yuan(order.refunded)) }
            @if let Some(id) = &order.transaction_id { dt { (lang.say("WeChat Pay's number", "微信支付订单号")) } dd { code { (id) } } }
            @if let Some(combine) = &order.combine_out_trade_no {
                dt { (lang.say("Part of the combined order", "所属合单")) } dd { code { (combine) } }
            }
            @if !of_it.is_empty() {
                dt { (lang.say("Refunds", "退款")) }
                dd { @for refund in &of_it { div.code { (link("refunds", &refund.key)) " " (yuan(refund.amount)) } } }
            }
        }
        p { (user(order, &back, lang)) }
        (partial_refund(order, &back, lang))
        (lanes(sandbox, order, &of_it, lang))
        (queried(&order.json, lang))
    }
}

fn partial_refund(order: &OrderRecord, back: &str, lang: Lang) -> Markup {
    let left = order.total - order.refunded;
    let may = ["SUCCESS", "REFUND"].contains(&order.trade_state) && left > 0;
    html! {
        @if may {
            form.fields method="post" action={ "/_sandbox/do/orders/" (segment(&order.key)) "/refund" } {
                input type="hidden" name="back" value=(back);
                input type="hidden" name="mchid" value=(order.mchid);
                label { (lang.say("Refund so many fen", "退款金额（分）"))
                    input name="amount" type="number" min="1" max=(left) value=(left) required;
                }
                button { (lang.say("Refund", "退款")) }
            }
        }
    }
}

fn refund(refund: &RefundRecord, lang: Lang) -> Markup {
    let back = format!("/_sandbox/refunds/{}", segment(&refund.key));
    html! {
        dl {
            dt { (lang.say("State", "状态")) } dd { (state(refund.status.name())) }
            dt { (lang.say("Amount", "金额")) } dd { (yuan(refund.amount)) }
            dt { (lang.say("Order", "订单")) } dd { code { (link("orders", &refund.order)) } }
        }
        p { (bank(refund, &back, lang)) }
        (queried(&refund.json, lang))
    }
}

fn complaint(complaint: &ComplaintRecord, lang: Lang) -> Markup {
    html! {
        dl {
            dt { (lang.say("State", "状态")) } dd { (state(complaint.complaint_state)) }
            dt { (lang.say("Order", "订单")) } dd { code { (link("orders", &complaint.out_trade_no)) } }
        }
        (queried(&complaint.json, lang))
    }
}

fn transfer(transfer: &TransferRecord, lang: Lang) -> Markup {
    let back = format!("/_sandbox/transfers/{}", segment(&transfer.key));
    html! {
        dl {
            dt { (lang.say("State", "状态")) } dd { (state(transfer.state)) }
            dt { (lang.say("Amount", "金额")) } dd { (yuan(transfer.amount)) }
        }
        p { (receiver(transfer, &back, lang)) }
        (queried(&transfer.json, lang))
    }
}

fn shared(sharing: &SharingRecord, lang: Lang) -> Markup {
    html! {
        dl { dt { (lang.say("Order", "订单")) } dd { code { (link("orders", &sharing.out_trade_no)) } } }
        (queried(&sharing.json, lang))
    }
}

fn queried(json: &Value, lang: Lang) -> Markup {
    html! { h2 { (lang.say("What a query answers", "查询结果")) } (pretty(json)) }
}
