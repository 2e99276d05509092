//! The life of an order as a lane diagram: merchant, WeChat Pay and user, one row for each event.

use maud::{Markup, html};

use super::filter::names;
use super::lang::Lang;
use super::layout::{segment, time, time_ms};
use crate::date::parse_rfc3339_ms;
use crate::record::{CallRecord, Verdict};
use crate::state::SandboxState;
use crate::{DeliveryRecord, OrderRecord, RefundRecord};

/// The newest events that are drawn.
const SHOWN: usize = 60;
const ROW: usize = 46;
const TOP: usize = 40;
const WIDTH: usize = 720;
const LANES: [usize; 3] = [90, 360, 630];

const MERCHANT: usize = 0;
const WECHAT: usize = 1;
const USER: usize = 2;

/// An arrow between two lanes.
struct Event {
    time_ms: i64,
    /// Whether the time is known to the millisecond; otherwise it is the begin of its second.
    is_exact: bool,
    lanes: (usize, usize),
    text: String,
    /// Empty if it cannot fail.
    outcome: String,
    link: String,
    class: &'static str,
}

/// Draws the events that name the order or one of its refunds.
pub(super) fn lanes(
    state: &SandboxState,
    order: &OrderRecord,
    refunds: &[&RefundRecord],
    lang: Lang,
) -> Markup {
    let mut numbers = vec![order.out_trade_no.as_str()];
    numbers.extend(order.transaction_id.as_deref());
    // The notification of a combined order names its parts only inside of `sub_orders`.
    numbers.extend(order.combine_out_trade_no.as_deref());
    numbers.extend(refunds.iter().map(|refund| refund.out_refund_no.as_str()));
    // Another merchant may use the same number. A request without a known merchant may be meant for this one.
    let is_of_it = |record: &CallRecord| {
        let mchid = record.mchid.as_ref();
        mchid.is_none_or(|mchid| *mchid == order.mchid)
            && numbers.iter().any(|number| names(record, number))
    };
    let newest_first = state.records.newest_where(usize::MAX, is_of_it);
    let calls: Vec<_> = newest_first.iter().rev().collect();
    let mut events: Vec<_> = calls.iter().map(|record| call(record, lang)).collect();
    events.extend(paid(order, lang).map(|event| event.after(&calls, &order.out_trade_no)));
    for refund in refunds {
        let arrived = refunded(refund, lang);
        events.extend(arrived.map(|event| event.after(&calls, &refund.out_refund_no)));
    }
    let delivered = state.notifier.all();
    let delivered = delivered.iter().filter(|it| it.mchid == order.mchid);
    let delivered = delivered.filter(|it| numbers.iter().any(|number| is_about(it, number)));
    events.extend(delivered.flat_map(|record| attempts(record, lang)));
    // Stable: of the same time, a call comes before its effect.
    events.sort_by_key(|event| event.time_ms);
    let first = events.len().saturating_sub(SHOWN);
    svg(&events[first..], order, lang)
}

impl Event {
    /// An event that is known to the second, not before the first call of that second that names its number.
    fn after(mut self, calls: &[&CallRecord], number: &str) -> Self {
        let second = self.time_ms.div_euclid(1000);
        let of_second = calls.iter().filter(|record| record.time == second);
        let cause = of_second.into_iter().find(|record| names(record, number));
        if let Some(cause) = cause {
            self.time_ms = self.time_ms.max(cause.time_ms);
        }
        self
    }
}

fn is_about(record: &DeliveryRecord, number: &str) -> bool {
    let members = record.resource.as_object().into_iter().flatten();
    members
        .into_iter()
        .any(|(_, value)| value.as_str() == Some(number))
}

fn call(record: &CallRecord, lang: Lang) -> Event {
    let path = record.target.split('?').next().unwrap_or_default();
    let outcome = match (&record.verdict, record.status) {
        (_, None) => lang.say("cut", "断开").to_owned(),
        (Verdict::Refused { code, .. }, Some(_)) => (*code).to_owned(),
        (_, Some(status)) => status.as_u16().to_string(),
    };
    let fault = record.fault.as_ref();
    let fault = fault.map_or_else(String::new, |fault| format!(" · {fault}"));
    Event {
        time_ms: record.time_ms,
        is_exact: true,
        lanes: (MERCHANT, WECHAT),
        text: format!("{} {}", record.method, short(path)),
        outcome: format!("{outcome}{fault}"),
        link: format!("/_sandbox/calls/{}", record.id),
        class: match record.verdict {
            _ if record.fault.is_some() => "warned",
            Verdict::Accepted => "fine",
            _ => "wrong",
        },
    }
}

/// The user's payment; its time is in what a query answers.
fn paid(order: &OrderRecord, lang: Lang) -> Option<Event> {
    let text = order.json["success_time"].as_str()?;
    Some(Event {
        time_ms: parse_rfc3339_ms(text)?,
        is_exact: false,
        lanes: (USER, WECHAT),
        text: lang.say("pays", "支付").to_owned(),
        outcome: String::new(),
        link: format!("/_sandbox/orders/{}", segment(&order.key)),
        class: "fine",
    })
}

/// The end of a refund.
fn refunded(refund: &RefundRecord, lang: Lang) -> Option<Event> {
    let text = refund.json["success_time"].as_str()?;
    let label = lang.say("refund arrives", "退款到账");
    Some(Event {
        time_ms: parse_rfc3339_ms(text)?,
        is_exact: false,
        lanes: (WECHAT, USER),
        text: format!("{label} {}", refund.out_refund_no),
        outcome: String::new(),
        link: format!("/_sandbox/refunds/{}", segment(&refund.key)),
        class: "fine",
    })
}

/// Each attempt to post a notification.
fn attempts(record: &DeliveryRecord, lang: Lang) -> Vec<Event> {
    let link = format!("/_sandbox/notifications/{}", record.id);
    let attempts = record.attempts.iter().enumerate();
    attempts
        .map(|(at, attempt)| {
            let outcome = attempt.status.map_or_else(
                || lang.say("no answer", "无应答").to_owned(),
                |status| status.as_u16().to_string(),
            );
            let turn = if at == 0 {
                String::new()
            } else {
                format!(" #{}", at + 1)
            };
            Event {
                time_ms: attempt.time_ms,
                is_exact: true,
                lanes: (WECHAT, MERCHANT),
                text: format!("{}{turn}", record.event_type),
                outcome,
                link: link.clone(),
                class: if attempt.problem.is_some() {
                    "wrong"
                } else {
                    "fine"
                },
            }
        })
        .collect()
}

fn svg(events: &[Event], order: &OrderRecord, lang: Lang) -> Markup {
    let height = TOP + events.len() * ROW + 10;
    let title = lang.say("The life of the order", "订单的经过");
    let described = lang.say(
        "Calls of the merchant, the user's payment, notifications and refunds, in the order of their times",
        "按时间先后列出商户的请求、用户的支付、通知和退款",
    );
    // Merchants may use the same order number, and then have their diagrams on one page.
    let id = |name: &str| format!("{name}-{}", order.mchid);
    let heads = [
        lang.say("Merchant", "商户"),
        lang.say("WeChat Pay", "微信支付"),
        lang.say("User", "用户"),
    ];
    html! {
        h2 { (title) }
        @if events.is_empty() {
            p.empty { (lang.say(
                "No recorded request or notification names this order any more.",
                "保留的请求和通知中已没有这笔订单的记录。",
            )) }
        } @else {
            div.lanes {
                svg viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="group" aria-labelledby={ (id("title")) " " (id("about")) } {
                    title id=(id("title")) { (title) " " (order.out_trade_no) }
                    desc id=(id("about")) { (described) }
                    defs { marker id=(id("head")) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" {
                        path d="M0 0 L8 4 L0 8 z" {}
                    } }
                    @for (x, head) in LANES.iter().zip(heads) {
                        text.head x=(x) y="18" text-anchor="middle" { (head) }
                        line.lane x1=(x) y1="28" x2=(x) y2=(height) {}
                    }
                    @for (row, event) in events.iter().enumerate() { (arrow(event, TOP + row * ROW, &id("head"))) }
                }
            }
        }
    }
}

fn arrow(event: &Event, y: usize, head: &str) -> Markup {
    let (from, to) = (LANES[event.lanes.0], LANES[event.lanes.1]);
    let middle = (from + to) / 2;
    let below = below(event);
    html! {
        a href=(event.link) {
            g class=(event.class) {
                title { (event.text) " " (below) }
                // The texts and the line leave gaps: the whole row is the link.
                rect x=(from.min(to)) y=(y) width=(from.abs_diff(to)) height=(ROW) fill="none" pointer-events="all" {}
                text x=(middle) y=(y + 14) text-anchor="middle" { (event.text) }
                line x1=(from) y1=(y + 22) x2=(to) y2=(y + 22) marker-end={ "url(#" (head) ")" } {}
                text.when x=(middle) y=(y + 35) text-anchor="middle" { (below) }
            }
        }
    }
}

/// The time of day and the outcome.
fn below(event: &Event) -> String {
    let time = if event.is_exact {
        time_ms(event.time_ms)
    } else {
        time(event.time_ms.div_euclid(1000))
    };
    let time = time.get(11..).unwrap_or_default();
    match &*event.outcome {
        "" => time.to_owned(),
        outcome => format!("{time} · {outcome}"),
    }
}

/// The end of a path, which tells calls of an order apart.
fn short(path: &str) -> String {
    const MOST: usize = 24;
    let count = path.chars().count();
    if count <= MOST {
        return path.to_owned();
    }
    format!("…{}", path.chars().skip(count - MOST).collect::<String>())
}
