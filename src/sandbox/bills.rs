//! Bills: what asks for one is answered with where it is, and there it is.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::HOST;
use http::request::Parts;
use serde_json::{Value, json};

use super::answer::Answer;
use super::world::World;
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

/// The bill that is given: the one that was set, whichever is asked for; else of trade that day's,
/// when there was any; else the usual.
#[derive(Default)]
pub(super) struct Bills {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    set: Option<Bytes>,
    /// The newest trade bills that were asked for, by their days: a file is what its ticket says,
    /// whatever was paid since.
    made: VecDeque<(String, Bytes)>,
}

/// As many days' bills wait to be downloaded.
const DAYS: usize = 32;

impl Bills {
    pub(super) fn set(&self, content: Bytes) {
        self.kept().set = Some(content);
    }

    /// Forgets the bill that was set, and those that were made.
    pub(super) fn clear(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a request that asks for a bill or gets one.
    pub(super) fn answer(&self, head: &Parts, tls: bool, world: &World) -> Option<Answer> {
        let path = head.uri.path();
        if ASKING.contains(&path) {
            let day = self.make(head, world);
            return Some(Answer::json(self.ticket(head, tls, day)));
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

    /// Makes the trade bill of a day on which something was sold, and gives the day.
    fn make<'h>(&self, head: &'h Parts, world: &World) -> Option<&'h str> {
        let day = parameter(head, "bill_date").filter(|_| head.uri.path() == ASKING[0])?;
        let mut kept = self.kept();
        if kept.set.is_some() {
            return None;
        }
        let bill = Bytes::from(world.trade_bill(day)?);
        kept.made.retain(|(made, _)| made != day);
        kept.made.push_back((day.to_owned(), bill));
        if kept.made.len() > DAYS {
            kept.made.pop_front();
        }
        Some(day)
    }

    /// The digest is that of the bill before it is zipped.
    fn ticket(&self, head: &Parts, tls: bool, day: Option<&str>) -> Value {
        let scheme = if tls { "https" } else { "http" };
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| Some(head.uri.authority()?.as_str()));
        let host = host.unwrap_or_default();
        let zipped = match parameter(head, "tar_type") {
            Some("GZIP") => "&tartype=gzip",
            _ => "",
        };
        let of_day = day.map_or_else(String::new, |day| format!("&bill_date={day}"));
        json!({
            "hash_type": "SHA1",
            "hash_value": sha1_hex(&self.content(day)),
            "download_url": format!("{scheme}://{host}{FILE}?token={TOKEN}{of_day}{zipped}"),
        })
    }

    fn file(&self, head: &Parts) -> Bytes {
        let content = self.content(parameter(head, "bill_date"));
        match parameter(head, "tartype") {
            Some("gzip") => zipped(&content).into(),
            _ => content,
        }
    }

    fn content(&self, day: Option<&str>) -> Bytes {
        let kept = self.kept();
        let made = || kept.made.iter().find(|(made, _)| Some(&**made) == day);
        let content = kept.set.as_ref().or_else(|| Some(&made()?.1));
        content.map_or_else(|| Bytes::from_static(USUAL.as_bytes()), Bytes::clone)
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
