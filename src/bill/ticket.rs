//! The files that a response names.

use serde_json::Value;

use crate::message::Response;
use wechatpay_core::crypto::digest::DigestKind;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The members of a response that describe one file.
pub(super) struct Ticket {
    pub(super) url: String,
    pub(super) digest: Option<(DigestKind, String)>,
    /// Key and nonce of an encrypted file.
    pub(super) seal: Option<(String, String)>,
}

/// The most files of one bill. WeChat Pay splits bills at about 16 GB.
const MOST: usize = 64;

/// The files of a bill in the order in which they form it.
///
/// # Errors
///
/// [`ErrorKind::Body`] when the response has no file or not all of them; [`ErrorKind::Unsupported`] when it has too many, or
/// an unknown digest.
pub(super) fn tickets(answer: &Response) -> Result<Vec<Ticket>> {
    let Some(list) = answer["download_bill_list"].as_array() else {
        return Ok(vec![Ticket::read(answer, answer.value()?)?]);
    };
    if list.is_empty() {
        return Err(answer.error(
            ErrorKind::Body,
            "the response's list of bills is empty: there is no bill for that day",
        ));
    }
    let count = &answer["download_bill_count"];
    if !count.is_null() && number(count) != Some(list.len() as u64) {
        return Err(incomplete(answer));
    }
    if list.len() > MOST {
        return Err(answer.error(
            ErrorKind::Unsupported,
            format!(
                "the bill has {} files, and at most {MOST} can be joined",
                list.len()
            ),
        ));
    }
    in_order(answer, list)?
        .into_iter()
        .map(|file| Ticket::read(answer, file))
        .collect()
}

/// Sorts the files by `bill_sequence`, which counts from 1. One file may have none.
fn in_order<'a>(answer: &Response, list: &'a [Value]) -> Result<Vec<&'a Value>> {
    let is_alone = list.len() == 1;
    let numbered = list.iter().map(|file| match &file["bill_sequence"] {
        Value::Null if is_alone => Some((1, file)),
        sequence => Some((number(sequence)?, file)),
    });
    let mut numbered: Vec<_> = numbered
        .collect::<Option<_>>()
        .ok_or_else(|| incomplete(answer))?;
    numbered.sort_by_key(|(sequence, _)| *sequence);
    if numbered
        .iter()
        .zip(1..)
        .any(|((sequence, _), at)| *sequence != at)
    {
        return Err(incomplete(answer));
    }
    Ok(numbered.into_iter().map(|(_, file)| file).collect())
}

/// Reads a number, or a number in a text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn incomplete(answer: &Response) -> Error {
    answer.error(
        ErrorKind::Body,
        "the response does not name all files of the bill exactly once: request the bill again",
    )
}

impl Ticket {
    fn read(answer: &Response, file: &Value) -> Result<Self> {
        let Some(url) = file["download_url"].as_str() else {
            return Err(answer.error(
                ErrorKind::Body,
                "the response has no download_url: check that the path is that of a bill",
            ));
        };
        let text = |name: &str| file[name].as_str().map(str::to_owned);
        Ok(Self {
            url: url.to_owned(),
            digest: digest(file)?,
            seal: text("encrypt_key").map(|key| (key, text("nonce").unwrap_or_default())),
        })
    }
}

fn digest(file: &Value) -> Result<Option<(DigestKind, String)>> {
    let Some(hex) = file["hash_value"].as_str() else {
        return Ok(None);
    };
    let name = file["hash_type"].as_str().unwrap_or("SHA1");
    match DigestKind::parse(name) {
        Some(kind) => Ok(Some((kind, hex.to_owned()))),
        None => Err(Error::new(
            ErrorKind::Unsupported,
            format!("the bill's hash_type is {name:?}, which this version cannot check"),
        )),
    }
}
