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
use super::world::{BillType, TradeBill, World};
use crate::crypto::digest::sha1_hex;

/// The endpoints that ask for a bill.
const ASKING: [&str; 3] = [
    "/v3/bill/tradebill",
    "/v3/bill/fundflowbill",
    "/v3/profitsharing/bills",
];
const FILE: &str = "/v3/billdownload/file";
/// What tokens begin with.
const TOKEN: &str = "6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2wMMR8cNXqaA%2FCv_isg";
const USUAL: &str = "\u{feff}交易时间,公众账号ID,商户号,商户订单号,交易状态,订单金额\r\n\
    `2024-01-01 10:00:00,`wxd678efh567hg6787,`1900000109,`1217752501201407033233368018,`SUCCESS,`0.01\r\n\
    总交易单数,应结订单总金额\r\n`1,`0.01\r\n";

/// The bill that is given: the one that was set, whichever is asked for; else of trade that day's; else
/// the usual.
#[derive(Default)]
pub(super) struct Bills {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    set: Option<Bytes>,
    /// What the newest tickets stand for: a file is what its ticket says, whatever was paid since.
    tickets: VecDeque<(String, Bytes)>,
    count: u64,
}

/// As many tickets' files wait to be downloaded.
const TICKETS: usize = 32;

impl Bills {
    pub(super) fn set(&self, content: Bytes) {
        self.kept().set = Some(content);
    }

    /// Forgets the bill that was set, and those that were made. No token comes again.
    pub(super) fn clear(&self) {
        let mut kept = self.kept();
        *kept = Kept {
            count: kept.count,
            ..Kept::default()
        };
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a request that asks for a bill or gets one.
    pub(super) fn answer(&self, head: &Parts, tls: bool, world: &World) -> Option<Answer> {
        let path = head.uri.path();
        if ASKING.contains(&path) {
            return Some(match self.bill(head, world) {
                Some(bill) => Answer::json(self.ticket(head, tls, bill)),
                None => refused("NO_STATEMENT_EXIST", "请求的账单文件不存在"),
            });
        }
        if path != FILE {
            return None;
        }
        Some(match self.file(head) {
            Some(file) => Answer::bytes("application/octet-stream", file),
            None => refused("PARAM_ERROR", "token已失效"),
        })
    }

    /// `None` when nothing happened on the day.
    fn bill(&self, head: &Parts, world: &World) -> Option<Bytes> {
        if let Some(set) = &self.kept().set {
            return Some(set.clone());
        }
        let of_trade = head.uri.path() == ASKING[0];
        let bill_type = match parameter(head, "bill_type") {
            Some("SUCCESS") => BillType::Success,
            Some("REFUND") => BillType::Refund,
            _ => BillType::All,
        };
        let day = parameter(head, "bill_date").filter(|_| of_trade);
        match day.map(|day| world.trade_bill(day, bill_type)) {
            Some(TradeBill::Written(bill)) => Some(bill.into()),
            Some(TradeBill::Nothing) => None,
            Some(TradeBill::Fresh) | None => Some(Bytes::from_static(USUAL.as_bytes())),
        }
    }

    /// The digest is that of the bill before it is zipped.
    fn ticket(&self, head: &Parts, tls: bool, bill: Bytes) -> Value {
        let scheme = if tls { "https" } else { "http" };
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| Some(head.uri.authority()?.as_str()));
        let host = host.unwrap_or_default();
        let zipped = match parameter(head, "tar_type") {
            Some("GZIP") => "&tartype=gzip",
            _ => "",
        };
        let digest = sha1_hex(&bill);
        let token = self.keep(bill);
        json!({
            "hash_type": "SHA1",
            "hash_value": digest,
            "download_url": format!("{scheme}://{host}{FILE}?token={token}{zipped}"),
        })
    }

    /// Puts a file by for a token of its own: percent-encoded, as WeChat Pay's are.
    fn keep(&self, bill: Bytes) -> String {
        let mut kept = self.kept();
        kept.count += 1;
        let token = format!("{TOKEN}{:06}%3D", kept.count);
        kept.tickets.push_back((token.clone(), bill));
        if kept.tickets.len() > TICKETS {
            kept.tickets.pop_front();
        }
        token
    }

    fn file(&self, head: &Parts) -> Option<Bytes> {
        let token = parameter(head, "token")?;
        let kept = self.kept();
        let (_, bill) = kept.tickets.iter().find(|(known, _)| known == token)?;
        Some(match parameter(head, "tartype") {
            Some("gzip") => zipped(bill).into(),
            _ => bill.clone(),
        })
    }
}

fn refused(code: &str, message: &str) -> Answer {
    Answer::json(json!({"code": code, "message": message})).status(400)
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
