//! Receivers of profit sharing (分账接收方).

use serde_json::{Map, Value, json};

use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request};
use super::super::state::State;
use super::model::{Receiver, SharingNames, receiver_key};
use crate::refusal::Refusal;

pub(crate) fn add(state: &mut State, request: &Request<'_>, names: SharingNames) -> Outcome {
    let fields = request.fields();
    let (key, mut answer) = receiver(&fields, names)?;
    let kind = fields.required_text("/type")?;
    let name = fields.optional_text("/name")?;
    if kind == "MERCHANT_ID" && name.is_none() && names == SharingNames::ORDINARY {
        return Err(fields.wrong("/name", "分账接收方类型是MERCHANT_ID时必填"));
    }
    let relation = fields.required_text("/relation_type")?;
    if names == SharingNames::ORDINARY {
        answer.insert("relation_type".to_owned(), json!(relation));
        for (member, value) in [
            ("name", name),
            ("custom_relation", fields.optional_text("/custom_relation")?),
        ] {
            if let Some(value) = value {
                answer.insert(member.to_owned(), json!(value));
            }
        }
    }
    state.receivers.insert(Receiver::new(key), request.now);
    Ok(Success::json(Value::Object(answer)))
}

/// Deletes a receiver. Deleting a missing one is not an error.
pub(crate) fn delete(state: &mut State, request: &Request<'_>, names: SharingNames) -> Outcome {
    let (key, answer) = receiver(&request.fields(), names)?;
    state.receivers.remove(&key);
    Ok(Success::json(Value::Object(answer)))
}

fn receiver(
    fields: &Fields<'_>,
    names: SharingNames,
) -> Result<(String, Map<String, Value>), Refusal> {
    fields.required_text("/appid")?;
    let (kind, account) = (
        fields.required_text("/type")?,
        fields.required_text("/account")?,
    );
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    let sub_mchid = sub_mchid.filter(|_| names == SharingNames::ORDINARY);
    let brand = brand(fields, names)?;
    let mut answer = Map::from_iter([
        ("type".to_owned(), json!(kind)),
        ("account".to_owned(), json!(account)),
    ]);
    if let Some(sub_mchid) = &sub_mchid {
        answer.insert("sub_mchid".to_owned(), json!(sub_mchid));
    }
    if let Some(brand) = &brand {
        answer.insert("brand_mchid".to_owned(), json!(brand));
    }
    let whose = (sub_mchid.as_deref(), brand.as_deref());
    Ok((receiver_key(names, whose, &kind, &account), answer))
}

/// The brand in requests of brands.
pub(crate) fn brand(fields: &Fields<'_>, names: SharingNames) -> Result<Option<String>, Refusal> {
    if names == SharingNames::BRAND {
        fields.required_text("/brand_mchid").map(Some)
    } else {
        Ok(None)
    }
}
