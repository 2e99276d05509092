//! Bills: what asks for one is answered with where it is, and there it is.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::HOST;
use http::request::Parts;
use serde_json::{Value, json};

use super::answer::Answer;
use crate::crypto::digest::sha1_hex;

/// The endpoints that ask for a bill.
const ASKING: [&str; 3] = [
    "/v3/bill/tradebill",
    "/v3/bill/fundflowbill",
    "/v3/profitsharing/bills",
];
const FILE: &str = "/v3/billdownload/file";
const TOKEN: &str = "6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2wMMR8cNXqaA%2FCv_isg%3D";
const USUAL: &str = "\u{feff}交易时间,公众账号ID,商户号,商户订单号,交易状态,订单金额\r\n\
    `2024-01-01 10:00:00,`wxd678efh567hg6787,`1900000109,`1217752501201407033233368018,`SUCCESS,`0.01\r\n\
    总交易单数,应结订单总金额\r\n`1,`0.01\r\n";

/// The bill that is given, whichever is asked for.
pub(super) struct Bills {
    content: Mutex<Bytes>,
}

impl Default for Bills {
    fn default() -> Self {
        Self {
            content: Mutex::new(Bytes::from_static(USUAL.as_bytes())),
        }
    }
}

impl Bills {
    pub(super) fn set(&self, content: Bytes) {
        *self.content.lock().unwrap_or_else(PoisonError::into_inner) = content;
    }

    /// The answer to a request that asks for a bill or gets one.
    pub(super) fn answer(&self, head: &Parts, tls: bool) -> Option<Answer> {
        let path = head.uri.path();
        if ASKING.contains(&path) {
            return Some(Answer::json(self.ticket(head, tls)));
        }
        if path != FILE {
            return None;
        }
        let wrong = json!({"code": "PARAM_ERROR", "message": "token已失效"});
        match parameter(head, "token") {
            Some(TOKEN) => Some(Answer::bytes("application/octet-stream", self.file(head))),
            _ => Some(Answer::json(wrong).status(400)),
        }
    }

    /// The digest is that of the bill before it is zipped.
    fn ticket(&self, head: &Parts, tls: bool) -> Value {
        let scheme = if tls { "https" } else { "http" };
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| Some(head.uri.authority()?.as_str()));
        let host = host.unwrap_or_default();
        let zipped = match parameter(head, "tar_type") {
            Some("GZIP") => "&tartype=gzip",
            _ => "",
        };
        json!({
            "hash_type": "SHA1",
            "hash_value": sha1_hex(&self.content()),
            "download_url": format!("{scheme}://{host}{FILE}?token={TOKEN}{zipped}"),
        })
    }

    fn file(&self, head: &Parts) -> Bytes {
        let content = self.content();
        match parameter(head, "tartype") {
            Some("gzip") => zipped(&content).into(),
            _ => content,
        }
    }

    fn content(&self) -> Bytes {
        let content = self.content.lock();
        content.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writing to memory cannot fail.
fn zipped(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(content);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

/// A query parameter as it came, percent-encoded.
fn parameter<'h>(head: &'h Parts, name: &str) -> Option<&'h str> {
    let query = head.uri.query()?;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })
}
