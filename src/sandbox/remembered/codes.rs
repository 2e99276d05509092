//! Coupon codes that the merchant uploads for a stock, such as `v3/marketing/busifavor/stocks/{stock_id}/couponcodes`.
//!
//! Source: the pages "上传预存code" of 商家券 and of 商品券.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Records;
use super::exchange::{Generated, answer_of, owner_of, sent, success};
use super::overlay::AVAILABLE;
use super::plan::{self, Plan};
use super::record::{Key, Record, new_record};
use crate::validation::IncomingRequest;
use crate::world::Outcome;

/// The longest text that is a number, in bytes.
const LONGEST: usize = 128;

/// The codes of an upload.
#[derive(Default)]
struct Codes {
    new: Vec<String>,
    /// Codes of earlier uploads, or of coupons. Another brand may have the same.
    known: Vec<String>,
    /// Codes that the upload has several times.
    repeated: Vec<String>,
}

impl Records {
    pub(super) fn upload(
        &mut self,
        plan: &Plan,
        list: &str,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let sent = sent(request);
        if let Some(answer) = self.repeated(plan, request, &sent) {
            return Some(answer);
        }
        if let Err(refusal) = self.addressed(plan, request)? {
            return Some(Err(refusal));
        }
        let (status, mut body) = answer_of(request, generate)?;
        let codes = self.codes(plan, request, sent.get(list));
        if let Some(Value::Object(answer)) = &mut body {
            codes.count(answer);
        }
        let answer = (status, body);
        let made = new_record(plan, request, sent, &answer);
        let shared = shared(&made);
        for code in &codes.new {
            self.insert(of_code(plan, &shared, code));
        }
        if !made.keys.is_empty() {
            self.insert(made);
        }
        Some(Ok(success(answer)))
    }

    fn codes(&self, plan: &Plan, request: &IncomingRequest<'_>, sent: Option<&Value>) -> Codes {
        let (mut codes, owner) = (Codes::default(), owner_of(request));
        let mut seen = HashSet::new();
        let sent = sent.and_then(Value::as_array).into_iter().flatten();
        for code in sent.filter_map(Value::as_str) {
            let mut names = [plan::UPLOADED_CODE, plan::COUPON_CODE].into_iter();
            let row = |name| self.row_of(&key(plan, name, code), owner.as_deref());
            let is_known = names.any(|name| row(name).is_some());
            let place = match (seen.insert(code), is_known) {
                (false, _) => &mut codes.repeated,
                (true, true) => &mut codes.known,
                (true, false) => &mut codes.new,
            };
            place.push(code.to_owned());
        }
        codes
    }

    /// Removes the uploaded code that a coupon gets. Another brand's is another code.
    pub(super) fn dispatch(&mut self, record: &Record) {
        let coupon = record.keys.iter().find(|key| key.1 == plan::COUPON_CODE);
        let uploaded = coupon.map(|(family, _, code)| {
            let key: Key = (*family, plan::UPLOADED_CODE.to_owned(), code.clone());
            self.row_of(&key, record.owner.as_deref())
        });
        if let Some(row) = uploaded.flatten() {
            self.remove(row);
        }
    }
}

impl Codes {
    /// Writes the codes over the generated ones, and their numbers.
    fn count(&self, answer: &mut Map<String, Value>) {
        for (name, value) in answer {
            let codes = match &**name {
                name if name.starts_with("success_") => Some(&self.new),
                name if name.contains("exist_") => Some(&self.known),
                name if name.starts_with("duplicate_") => Some(&self.repeated),
                _ => None,
            };
            let total = self.new.len() + self.known.len();
            match value {
                Value::Array(list) => {
                    *list = codes
                        .into_iter()
                        .flatten()
                        .map(|code| json!(code))
                        .collect()
                }
                Value::Number(_) if name == "total_count" => *value = json!(total),
                Value::Number(_) => *value = json!(codes.map_or(0, Vec::len)),
                _ => {}
            }
        }
    }
}

fn key(plan: &Plan, name: &str, code: &str) -> Key {
    (plan.family, name.to_owned(), code.to_owned())
}

/// The part of the upload that the record of each code has: its numbers, such as that of the stock. All else stays with
/// the upload, so that its memory is that of its body.
fn shared(upload: &Record) -> Record {
    let mut members = Map::new();
    for (name, value) in &upload.members {
        let is_short = value.as_str().is_some_and(|text| text.len() <= LONGEST);
        if plan::is_number(name) && is_short {
            members.insert(name.clone(), value.clone());
        }
    }
    Record {
        family: upload.family,
        maker: upload.maker,
        owner: upload.owner.clone(),
        keys: Vec::new(),
        members,
        sent: Value::Null,
        answer: None,
        moved: Some(AVAILABLE.to_owned()),
        is_adopted: upload.is_adopted,
        made_at: upload.made_at,
        bytes: 0,
    }
}

/// The record of an uploaded code.
fn of_code(plan: &Plan, shared: &Record, code: &str) -> Record {
    let mut record = shared.clone();
    record.keys.push(key(plan, plan::UPLOADED_CODE, code));
    for name in ["code", plan::COUPON_CODE] {
        record.members.insert(name.to_owned(), json!(code));
    }
    record.weigh();
    record
}
