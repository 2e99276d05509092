//! Complaints of users (消费者投诉): filing, queries, responses, completion.
//!
//! Sources: the documents of `v3/merchant-service/complaints-v2` (apiv3 chapter10_2_11 to 10_2_19). A complaint is
//! `PENDING` until the merchant's first response, then `PROCESSING`, and `PROCESSED` when the merchant completes it or
//! refuses the requested refund. A list covers at most 30 days and has 10 items by default, at most 50.
//!
//! Guessed: 404 `RESOURCE_NOT_EXISTS` for an unknown complaint, and 403 `NO_AUTH` for another merchant's. A `PROCESSED`
//! complaint stays so after further responses. Completing it again changes nothing and causes no event.
//!
//! The sandbox adds two rules: before the first complaint, responses are generated; and lists are oldest first.

pub(super) mod model;

use serde_json::{Value, json};

use super::action::{ActionError, ActionResult};
use super::order::model::ORDER;
use super::outcome::{Outcome, Success};
use super::request::{Fields, Request};
use super::state::State;
use crate::date::parse_date;
use crate::refusal::{Refusal, business};
use model::{Complaint, ComplaintState};

/// The longest detail of a complaint, in characters.
const DETAIL: usize = 300;
const DAY: i64 = 86_400;
const MOST_DAYS: i64 = 30;
/// 分页大小: the default and the greatest.
const LIMIT: (usize, usize) = (10, 50);

/// Files a complaint of the user of a paid order; returns its number.
pub(crate) fn complain(
    state: &mut State,
    number: &str,
    detail: &str,
    now: i64,
) -> ActionResult<String> {
    let key = ActionError::key(&state.orders, ORDER, number)?;
    let order = state.orders.get(&key);
    let order = order.ok_or_else(|| ActionError::not_found(ORDER, number))?;
    if order.transaction_id.is_none() {
        let state = order.state(now).name();
        return Err(ActionError::conflict((
            format!("the order {number:?} cannot have a complaint: it is {state}"),
            format!("订单 {number:?} 的状态为 {state}，用户不能投诉"),
        )));
    }
    if detail.is_empty() || detail.chars().count() > DETAIL {
        let wrong = (
            format!("a complaint has 1 to {DETAIL} characters"),
            format!("投诉内容应为 1 至 {DETAIL} 个字符"),
        );
        return Err(ActionError::Invalid(wrong.into()));
    }
    let id = state.ids.complaint(now);
    let complaint = Complaint::new(id.clone(), order, detail.to_owned(), now);
    tell(state, &complaint, "CREATE_COMPLAINT", now);
    state.complaints.insert(complaint, now);
    Ok(id)
}

fn tell(state: &mut State, complaint: &Complaint, action: &str, now: i64) {
    let event = complaint.event(state.complaint_url.as_ref(), action, now);
    state.outbox.push(event);
}

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let rest = request
        .operation
        .path()
        .strip_prefix("v3/merchant-service/")?;
    if rest == "complaint-notifications" {
        return notifications(state, request);
    }
    let rest = rest.strip_prefix("complaints-v2")?;
    // Before the first complaint, the responses about one are generated. The list is empty.
    if !rest.is_empty() {
        state.complaints.iter().next()?;
    }
    Some(match rest {
        "" => list(state, request),
        "/{complaint_id}" => query(state, request),
        "/{complaint_id}/negotiation-historys" => history(state, request),
        "/{complaint_id}/response" => response(state, request),
        "/{complaint_id}/complete" => complete(state, request),
        "/{complaint_id}/update-refund-progress" => progress(state, request),
        _ => return None,
    })
}

fn list(state: &State, request: &Request<'_>) -> Outcome {
    let (begin, end) = (date(request, "begin_date")?, date(request, "end_date")?);
    if end < begin || end - begin > MOST_DAYS * DAY {
        return Err(request.wrong("end_date", "查询日期跨度不超过30天"));
    }
    let merchant = request.query_value("complainted_mchid");
    let of_merchant = |it: &&Complaint| merchant.as_ref().is_none_or(|mchid| *mchid == it.mchid);
    let all = state.complaints.iter();
    let all = all.filter(|it| (begin..end + DAY).contains(&it.created));
    let views = all
        .filter(of_merchant)
        .map(|it| it.view(state.orders.get(&it.order)));
    page(request, views.collect())
}

/// Only the first page has `total_count`, as documented.
fn page(request: &Request<'_>, all: Vec<Value>) -> Outcome {
    let (usual, most) = LIMIT;
    let limit = request.number("limit")?.unwrap_or(usual);
    if !(1..=most).contains(&limit) {
        return Err(request.wrong("limit", "范围为1至50"));
    }
    let offset = request.number("offset")?.unwrap_or(0);
    let total = all.len();
    let data: Vec<_> = all.into_iter().skip(offset).take(limit).collect();
    let mut answer = json!({"data": data, "limit": limit, "offset": offset});
    if offset == 0 {
        answer["total_count"] = json!(total);
    }
    Ok(Success::json(answer))
}

fn date(request: &Request<'_>, name: &str) -> Result<i64, Refusal> {
    let day = parse_date(&request.parameter(name)?);
    day.ok_or_else(|| request.wrong(name, "格式应为yyyy-MM-DD"))
}

fn query(state: &State, request: &Request<'_>) -> Outcome {
    let complaint = named(state, request)?;
    let order = state.orders.get(&complaint.order);
    Ok(Success::json(complaint.whole(order)))
}

fn history(state: &State, request: &Request<'_>) -> Outcome {
    page(request, named(state, request)?.history())
}

fn named<'s>(state: &'s State, request: &Request<'_>) -> Result<&'s Complaint, Refusal> {
    let id = request.variable("complaint_id");
    let complaint = state.complaints.get(&id);
    complaint.ok_or_else(|| business::COMPLAINT_NOT_EXIST.with(&[&format_args!("{id:?}")]))
}

fn response(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let content = fields.required_text("/response_content")?;
    of_merchant(state, request, &fields)?;
    let step = ("MERCHANT_RESPONSE", content);
    act(state, request, step, |state| match state {
        ComplaintState::Pending => ComplaintState::Processing,
        state => state,
    })
}

fn complete(state: &mut State, request: &Request<'_>) -> Outcome {
    of_merchant(state, request, &request.fields())?;
    if named(state, request)?.state == ComplaintState::Processed {
        return Ok(Success::empty());
    }
    let step = ("MERCHANT_CONFIRM_COMPLETE", String::new());
    act(state, request, step, |_| ComplaintState::Processed)
}

/// A merchant that agrees must refund the order with a separate request.
fn progress(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    match &*fields.required_text("/action")? {
        "APPROVE" => {
            let remark = fields.optional_text("/remark")?.unwrap_or_default();
            let step = ("MERCHANT_APPROVE_REFUND", remark);
            act(state, request, step, |_| ComplaintState::Processing)
        }
        _ => {
            let reason = fields.optional_text("/reject_reason")?.unwrap_or_default();
            // This is WeChat Pay's spelling.
            let step = ("MERCHANT_REFUSE_RERUND", reason);
            act(state, request, step, |_| ComplaintState::Processed)
        }
    }
}

fn of_merchant(state: &State, request: &Request<'_>, fields: &Fields<'_>) -> Result<(), Refusal> {
    let complaint = named(state, request)?;
    if fields.required_text("/complainted_mchid")? == complaint.mchid {
        Ok(())
    } else {
        Err(business::COMPLAINT_OF_OTHER_MERCHANT.with(&[&complaint.mchid]))
    }
}

fn act(
    state: &mut State,
    request: &Request<'_>,
    (kind, details): (&'static str, String),
    next: impl FnOnce(ComplaintState) -> ComplaintState,
) -> Outcome {
    let id = request.variable("complaint_id");
    let complaint = state.complaints.get_mut(&id);
    let complaint =
        complaint.ok_or_else(|| business::COMPLAINT_NOT_EXIST.with(&[&format_args!("{id:?}")]))?;
    complaint.answered(kind, details, request.now);
    if complaint.state != ComplaintState::Processed {
        complaint.state = next(complaint.state);
    }
    let complaint = complaint.clone();
    tell(state, &complaint, kind, request.now);
    Ok(Success::empty())
}

/// The URL of complaint notifications. Before one is set, the response to a query is generated.
fn notifications(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    Some(match request.operation.method().as_str() {
        "GET" => Ok(url(&state.mchid, state.complaint_url.as_ref()?)),
        "DELETE" => {
            state.complaint_url = None;
            Ok(Success::empty())
        }
        _ => request.fields().required_text("/url").map(|given| {
            let answer = url(&state.mchid, &given);
            state.complaint_url = Some(given);
            answer
        }),
    })
}

fn url(mchid: &str, url: &str) -> Success {
    Success::json(json!({"mchid": mchid, "url": url}))
}
