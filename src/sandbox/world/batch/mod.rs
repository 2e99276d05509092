//! Batches of transfers (`v3/transfer/batches`): creation, and queries with their details.
//!
//! Sources: "发起批量转账" and the four queries of 商家转账到零钱 (apiv3 chapter4_3_1 to 4_3_6). Sums and counts must
//! match. A batch has at most 1,000 details. Details are listed only when the batch is `FINISHED`, 20 to 100 at once.
//! Names (收款用户姓名) are required from 2,000 yuan, not allowed below 0.30 yuan, and given for all details of a batch or
//! for none. The refusals are `ALREADY_EXISTS` and `NOT_FOUND`.
//!
//! A new batch is `ACCEPTED`, and `FINISHED` when it is next read. Its details then have succeeded, unless
//! [`reject_transfer`](crate::Sandbox::reject_transfer) has rejected them. While transfers are
//! [held](crate::Sandbox::hold_transfers), a batch is `PROCESSING` until all its details are decided.

pub(super) mod model;

use std::collections::HashSet;

use serde_json::{Value, json};

use super::action::{ActionError, ActionResult};
use super::bill::funds;
use super::outcome::{Outcome, Success};
use super::record::TransferRecord;
use super::request::{Fields, Request, sum};
use super::state::State;
use super::transfer::{self, model::NAMED_FROM};
use crate::refusal::{Refusal, business};
use model::{Batch, Detail, DetailStatus};

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path();
    Some(match path.strip_prefix("v3/transfer/batches")? {
        "" => create(state, request),
        "/batch-id/{batch_id}" | "/out-batch-no/{out_batch_no}" => query(state, request),
        "/batch-id/{batch_id}/details/detail-id/{detail_id}"
        | "/out-batch-no/{out_batch_no}/details/out-detail-no/{out_detail_no}" => {
            query_detail(state, request)
        }
        _ => return None,
    })
}

/// The greatest number of details in a batch.
const MOST: usize = 1000;
/// 最大资源条数: the least, which is also the default, and the greatest.
const LIMIT: (usize, usize) = (20, 100);
/// The amount below which no name is allowed, in fen.
const NAMELESS_BELOW: i64 = 30;

pub(crate) fn create(state: &mut State, request: &Request<'_>) -> Outcome {
    let mut batch = read(state, &request.fields(), request)?;
    if let Some(known) = state.batches.get(&batch.out_batch_no) {
        return if known.fingerprint == batch.fingerprint {
            Ok(Success::json(known.accepted()))
        } else {
            Err(business::TRANSFER_NUMBER_USED.with(&[&"out_batch_no"]))
        };
    }
    let total = batch
        .details
        .iter()
        .fold(0, |sum, it| it.amount.saturating_add(sum));
    transfer::advance_all(state, request.now);
    funds::check(state, None, total)?;
    batch.batch_id = state.ids.batch(request.now);
    for detail in &mut batch.details {
        detail.detail_id = state.ids.batch(request.now);
    }
    let answer = batch.accepted();
    state.batches.insert(batch, request.now);
    Ok(Success::json(answer))
}

fn read(state: &State, fields: &Fields<'_>, request: &Request<'_>) -> Result<Batch, Refusal> {
    let details = fields.items("/transfer_detail_list", MOST)?;
    let details = details.iter().map(|item| detail(item, request.now));
    let details = details.collect::<Result<Vec<_>, _>>()?;
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
    let named = details.iter().filter(|it| it.user_name.is_some()).count();
    if named != 0 && named != details.len() {
        return Err(fields.wrong(
            "/transfer_detail_list",
            "收款用户姓名应全部填写或全部不填写",
        ));
    }
    Ok(Batch {
        mchid: state.mchid.clone(),
        out_batch_no: fields.merchant_number("/out_batch_no")?,
        batch_id: String::new(),
        fingerprint: request.fingerprint(),
        appid: fields.required_text("/appid")?,
        name: fields.required_text("/batch_name")?,
        remark: fields.required_text("/batch_remark")?,
        scene: fields.optional_text("/transfer_scene_id")?,
        notify_url: fields.optional_text("/notify_url")?,
        details,
        created: request.now,
        ended: None,
    })
}

fn detail(item: &Fields<'_>, now: i64) -> Result<Detail, Refusal> {
    let amount = item.amount("/transfer_amount")?;
    let user_name = item.optional_text("/user_name")?;
    if amount >= NAMED_FROM && user_name.is_none() {
        return Err(item.wrong("/user_name", "转账金额大于等于2000元时必填"));
    }
    if amount < NAMELESS_BELOW && user_name.is_some() {
        return Err(item.wrong("/user_name", "转账金额小于0.3元时不允许填写"));
    }
    Ok(Detail {
        out_detail_no: item.merchant_number("/out_detail_no")?,
        detail_id: String::new(),
        amount,
        remark: item.required_text("/transfer_remark")?,
        openid: item.required_text("/openid")?,
        user_name,
        status: DetailStatus::Processing,
        fail_reason: None,
        updated: now,
    })
}

pub(crate) fn query(state: &mut State, request: &Request<'_>) -> Outcome {
    let batch = find(state, request)?;
    let mut answer = json!({"transfer_batch": batch.view()});
    if request.query_value("need_query_detail").as_deref() == Some("true") {
        let (least, most) = LIMIT;
        let limit = request.number("limit")?.unwrap_or(least);
        if !(least..=most).contains(&limit) {
            return Err(request.wrong("limit", "范围为20至100"));
        }
        let offset = request.number("offset")?.unwrap_or(0);
        if batch.ended.is_some() {
            let status = request.query_value("detail_status");
            let status = status.filter(|status| status != "ALL");
            let of_status = |it: &&Detail| {
                let name = it.status.name();
                status.as_ref().is_none_or(|status| status == name)
            };
            let listed = batch.details.iter().filter(of_status);
            let listed: Vec<Value> = listed.skip(offset).take(limit).map(Detail::brief).collect();
            answer["transfer_detail_list"] = json!(listed);
        }
        answer["offset"] = json!(offset);
        answer["limit"] = json!(limit);
    }
    Ok(Success::json(answer))
}

pub(crate) fn query_detail(state: &mut State, request: &Request<'_>) -> Outcome {
    let batch = find(state, request)?;
    let id = request.variable("detail_id");
    let number = request.variable("out_detail_no");
    let mut details = batch.details.iter();
    let detail = details.find(|it| it.detail_id == id || it.out_detail_no == number);
    let detail = detail.ok_or_else(|| {
        business::TRANSFER_NOT_EXIST.with(&[&format_args!("{:?}", format!("{id}{number}"))])
    })?;
    Ok(Success::json(batch.detail(detail)))
}

/// The batch of the path, by either number. Ends it first.
fn find<'s>(state: &'s mut State, request: &Request<'_>) -> Result<&'s Batch, Refusal> {
    let id = request.variable("batch_id");
    let number = match state.batches.by_id(&id) {
        Some(batch) => batch.out_batch_no.clone(),
        None => request.variable("out_batch_no"),
    };
    if !state.hold_transfers {
        end(state, &number, request.now);
    }
    let batch = state.batches.get(&number);
    batch.ok_or_else(|| {
        business::TRANSFER_NOT_EXIST.with(&[&format_args!("{:?}", format!("{id}{number}"))])
    })
}

/// Completes a detail, or fails it with a reason; `None` when no batch has a detail with this number.
pub(crate) fn decide(
    state: &mut State,
    out_detail_no: &str,
    reason: Option<&str>,
    now: i64,
) -> Option<ActionResult<TransferRecord>> {
    let (number, status) = newest(state, out_detail_no)?;
    if status != DetailStatus::Processing {
        let status = status.name();
        return Some(Err(ActionError::conflict((
            format!(
                "the detail {out_detail_no:?} has ended: it is {status}. Hold transfers before a batch is \
                 made, so that its details wait"
            ),
            format!(
                "转账明细 {out_detail_no:?} 的状态为 {status}，已经结束：请在发起批次前暂停转账，使明细等待处理"
            ),
        ))));
    }
    let batch = state.batches.get_mut(&number)?;
    let mut details = batch.details.iter_mut();
    let detail = details.find(|it| it.out_detail_no == out_detail_no)?;
    detail.end(reason, now);
    let detail = detail.clone();
    let record = TransferRecord::of_detail(batch, &detail);
    if !batch.details.iter().any(Detail::is_open) {
        end(state, &number, now);
    }
    Some(Ok(record))
}

/// The newest open detail with this number, otherwise the newest one that has ended: several batches may use the same
/// number.
fn newest(state: &State, out_detail_no: &str) -> Option<(String, DetailStatus)> {
    let newest_first = || {
        state.batches.iter().rev().filter_map(|batch| {
            let mut details = batch.details.iter();
            let detail = details.find(|it| it.out_detail_no == out_detail_no)?;
            Some((batch, detail))
        })
    };
    let open = newest_first().find(|(_, detail)| detail.is_open());
    let (batch, detail) = open.or_else(|| newest_first().next())?;
    Some((batch.out_batch_no.clone(), detail.status))
}

/// Completes all undecided details.
fn end(state: &mut State, number: &str, now: i64) {
    let batch = state.batches.get_mut(number);
    if let Some(batch) = batch.filter(|batch| batch.ended.is_none()) {
        let open = batch.details.iter_mut().filter(|it| it.is_open());
        open.for_each(|detail| detail.end(None, now));
        batch.ended = Some(now);
        let event = batch.event(now);
        state.outbox.push(event);
    }
}

pub(crate) fn advance_all(state: &mut State, now: i64) {
    if state.hold_transfers {
        return;
    }
    let open = state.batches.iter().filter(|batch| batch.ended.is_none());
    let open: Vec<_> = open.map(|batch| batch.out_batch_no.clone()).collect();
    open.iter().for_each(|number| end(state, number, now));
}
