//! Batches of transfers (`v3/transfer/batches`): made, queried with their details.
//!
//! Sources: "发起批量转账" and the four queries of 商家转账到零钱 (apiv3 chapter4_3_1 to 4_3_6): sums and counts
//! that have to agree, 1,000 details at most, details listed only when the batch is `FINISHED`, 20 to
//! 100 of them at once, `ALREADY_EXISTS` and `NOT_FOUND`.
//!
//! A batch is `ACCEPTED`, and `FINISHED` before the next look at it; each detail has arrived by then
//! unless [`reject_transfer`](crate::sandbox::Sandbox::reject_transfer) has named it.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::refusal::Refusal;
use super::batch::{Batch, Detail};
use super::request::{Fields, Request, sum};
use super::transfers::NAMED_FROM;
use super::{Outcome, State, Told, refusals};

/// As many details are in a batch.
const MOST: usize = 1000;
/// 最大资源条数: unless asked otherwise, and at most; fewer than 20 are 20.
const LIMIT: (usize, usize) = (20, 100);

pub(super) fn create(state: &mut State, request: &Request<'_>) -> Outcome {
    let mut batch = read(&request.fields(), request)?;
    if let Some(known) = state.batches.get(&batch.out_batch_no) {
        return match known.fingerprint == batch.fingerprint {
            true => Ok(Told::json(known.accepted())),
            false => Err(refusals::transfer_used("out_batch_no")),
        };
    }
    batch.batch_id = state.numbers.batch(request.now);
    for detail in &mut batch.details {
        detail.detail_id = state.numbers.batch(request.now);
    }
    let answer = batch.accepted();
    state.batches.insert(batch, request.now);
    Ok(Told::json(answer))
}

fn read(fields: &Fields<'_>, request: &Request<'_>) -> Result<Batch, Refusal> {
    let details = fields.items("/transfer_detail_list", MOST)?;
    let details = details.iter().map(detail).collect::<Result<Vec<_>, _>>()?;
    let total = fields.amount("/total_amount")?;
    if sum(details.iter().map(|it| it.amount)) != i128::from(total) {
        return Err(fields.wrong("/total_amount", "与明细金额之和不一致"));
    }
    if fields.amount("/total_num")? != i64::try_from(details.len()).unwrap_or(i64::MAX) {
        return Err(fields.wrong("/total_num", "与明细笔数不一致"));
    }
    let numbers: HashSet<_> = details.iter().map(|it| &it.out_detail_no).collect();
    if numbers.len() != details.len() {
        return Err(fields.wrong("/transfer_detail_list", "商家明细单号重复"));
    }
    Ok(Batch {
        out_batch_no: fields.number("/out_batch_no", 32)?,
        batch_id: String::new(),
        fingerprint: request.fingerprint(),
        appid: fields.text("/appid", 32)?,
        name: fields.text("/batch_name", 32)?,
        remark: fields.text("/batch_remark", 32)?,
        scene: fields.text("/transfer_scene_id", 36)?,
        notify_url: fields.maybe("/notify_url", 256)?,
        details,
        created: request.now,
        ended: None,
    })
}

fn detail(item: &Fields<'_>) -> Result<Detail, Refusal> {
    let amount = item.amount("/transfer_amount")?;
    let user_name = item.maybe("/user_name", 1024)?;
    if amount >= NAMED_FROM && user_name.is_none() {
        return Err(item.wrong("/user_name", "转账金额大于等于2000元时必填"));
    }
    Ok(Detail {
        out_detail_no: item.number("/out_detail_no", 32)?,
        detail_id: String::new(),
        amount,
        remark: item.text("/transfer_remark", 32)?,
        openid: item.text("/openid", 64)?,
        user_name: user_name.unwrap_or_default(),
        fail_reason: None,
    })
}

pub(super) fn query(state: &mut State, request: &Request<'_>) -> Outcome {
    let batch = looked_at(state, request)?;
    let mut answer = json!({"transfer_batch": batch.view()});
    if request.query_value("need_query_detail").as_deref() == Some("true") {
        let status = request.query_value("detail_status");
        let status = status.filter(|status| status != "ALL");
        let of_status = |it: &&Detail| {
            status
                .as_ref()
                .is_none_or(|name| name == it.status().name())
        };
        let (least, most) = LIMIT;
        let limit = request.number("limit")?.unwrap_or(least).clamp(least, most);
        let offset = request.number("offset")?.unwrap_or(0);
        let listed = batch.details.iter().filter(of_status);
        let listed: Vec<Value> = listed.skip(offset).take(limit).map(Detail::brief).collect();
        answer["transfer_detail_list"] = json!(listed);
        answer["offset"] = json!(offset);
        answer["limit"] = json!(limit);
    }
    Ok(Told::json(answer))
}

pub(super) fn query_detail(state: &mut State, request: &Request<'_>) -> Outcome {
    let batch = looked_at(state, request)?;
    let id = request.variable("detail_id");
    let number = request.variable("out_detail_no");
    let mut details = batch.details.iter();
    let detail = details.find(|it| it.detail_id == id || it.out_detail_no == number);
    let detail = detail.ok_or_else(|| refusals::transfer_not_exist(&format!("{id}{number}")))?;
    Ok(Told::json(batch.detail(detail)))
}

/// The batch of the path, by either number, which has ended by then.
fn looked_at<'s>(state: &'s mut State, request: &Request<'_>) -> Result<&'s Batch, Refusal> {
    let id = request.variable("batch_id");
    let number = match state.batches.by_id(&id) {
        Some(batch) => batch.out_batch_no.clone(),
        None => request.variable("out_batch_no"),
    };
    come_to_an_end(state, &number, request.now);
    let batch = state.batches.get(&number);
    batch.ok_or_else(|| refusals::transfer_not_exist(&format!("{id}{number}")))
}

/// Lets a detail of a batch that has not ended fail, or arrive as it would anyway; `false` when there
/// is none of this number.
pub(super) fn decide(state: &mut State, out_detail_no: &str, reason: Option<&str>) -> bool {
    let is_it = |detail: &Detail| detail.out_detail_no == out_detail_no;
    // The newest, as numbers may come again in another batch.
    let found = state.batches.iter().rev().find_map(|batch| {
        let open = batch.ended.is_none() && batch.details.iter().any(is_it);
        open.then(|| batch.out_batch_no.clone())
    });
    let batch = found.and_then(|number| state.batches.get_mut(&number));
    let detail = batch.and_then(|batch| batch.details.iter_mut().find(|it| is_it(it)));
    match detail {
        Some(detail) => {
            detail.fail_reason = reason.map(str::to_owned);
            true
        }
        None => false,
    }
}

fn come_to_an_end(state: &mut State, number: &str, now: i64) {
    let batch = state.batches.get_mut(number);
    if let Some(batch) = batch.filter(|batch| batch.ended.is_none()) {
        batch.ended = Some(now);
        let event = batch.event(now);
        state.outbox.push(event);
    }
}

pub(super) fn all_come_to_an_end(state: &mut State, now: i64) {
    let open = state.batches.iter().filter(|batch| batch.ended.is_none());
    let open: Vec<_> = open.map(|batch| batch.out_batch_no.clone()).collect();
    open.iter()
        .for_each(|number| come_to_an_end(state, number, now));
}
