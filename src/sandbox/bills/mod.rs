//! Bills: requests for a bill return its URL, and the URL returns the file.
//!
//! Sources: "申请交易账单", "申请资金账单" and "下载账单" (pay.weixin.qq.com, doc/v3/merchant 4012791866,
//! 4012791867, 4012084430) with their error tables: `PARAM_ERROR`; `INVALID_REQUEST` for a `bill_date`
//! that is out of range and for a URL older than 5 minutes; `NO_STATEMENT_EXIST` for a day without
//! entries; and from the list of questions (4013071254) `STATEMENT_CREATING` for a day that is not
//! over. An empty `tar_type` is `PARAM_ERROR` (JeffreySu/WeiXinMPSDK pull 2822).
//!
//! Two rules differ from WeChat Pay's: today's bill exists as soon as it has an entry (at WeChat Pay from
//! 9 o'clock of the next day), and before the first entry each bill is a short sample.

mod receipt;
mod sealed;

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::HOST;
use http::request::Parts;
#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::date::{Local, parse_date};
use crate::journal::Blob;
use crate::query;
use crate::refusal::{Refusal, business};
use crate::world::{BillType, Outcome, Success, World};
pub(crate) use receipt::{Served, is_receipt};
pub(super) use sealed::Written;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::digest::sha1_hex;

const TRADE: &str = "/v3/bill/tradebill";
const FUNDS: &str = "/v3/bill/fundflowbill";
const TRADE_V2: &str = "v2/pay/downloadbill";
const FUNDS_V2: &str = "v2/pay/downloadfundflow";
const SHARING: &str = "/v3/profitsharing/bills";
const FILE: &str = "/v3/billdownload/file";
/// The prefix of tokens. As in published URLs (binarywang/WxJava#2193), a token has 64 characters, none of which is escaped.
const TOKEN: &str = "6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2wMMR8cNXqaA_Cv_i";
/// How long a URL is valid, in seconds.
const VALID: i64 = 5 * 60;
/// 三个月内 (within three months): three months have at most 92 days.
const OLDEST: i64 = 92 * 86_400;
const DAY: i64 = 86_400;

const USUAL_TRADE: &str = "\u{feff}交易时间,公众账号ID,商户号,商户订单号,交易状态,订单金额\r\n\
    `2024-01-01 10:00:00,`wxd678efh567hg6787,`{mchid},`1217752501201407033233368018,`SUCCESS,`0.01\r\n\
    总交易单数,应结订单总金额\r\n`1,`0.01\r\n";
const USUAL_FUNDS: &str = "\u{feff}记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),\
    账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n\
    `2024-01-01 10:00:00,`4200000000202401010000000001,`4200000000202401010000000001,`交易,`交易,`收入,`0.01,\
    `0.01,`system,`结算总金额0.01元;含手续费0.00元,`1217752501201407033233368018\r\n\
    资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n`1,`1,`0.01,`0,`0.00\r\n";

/// The bills of a merchant. A bill that was set replaces all others. Otherwise a bill has the entries of its day or,
/// before the first entry, is a sample.
pub(super) struct Bills {
    /// Whose bills they are.
    mchid: String,
    kept: Mutex<SavedBills>,
}

#[derive(Default, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct SavedBills {
    set: Option<Blob>,
    /// The files of the newest URLs. A file does not change after its URL was returned.
    tickets: VecDeque<Ticket>,
    /// The total size of the files.
    bytes: usize,
    count: u64,
}

#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
struct Ticket {
    token: String,
    made: i64,
    bill: Blob,
}

/// How many files are kept for download.
const TICKETS: usize = 64;
/// How many bytes of files are kept; the newest file is always kept.
const BYTES: usize = 64 << 20;

impl Bills {
    pub(super) fn new(mchid: &str) -> Self {
        Self {
            mchid: mchid.to_owned(),
            kept: Mutex::default(),
        }
    }

    pub(super) fn set(&self, content: Bytes) {
        self.kept().set = Some(Blob(content));
    }

    /// Removes the bill that was set and the files. Tokens are never reused.
    pub(super) fn clear(&self) {
        let mut kept = self.kept();
        *kept = SavedBills {
            count: kept.count,
            ..SavedBills::default()
        };
    }

    /// The bill that was set, and the files, for a checkpoint.
    #[cfg(feature = "state")]
    pub(super) fn saved(&self) -> SavedBills {
        self.kept().clone()
    }

    #[cfg(feature = "state")]
    pub(super) fn restore(&self, saved: SavedBills) {
        *self.kept() = saved;
    }

    fn kept(&self) -> MutexGuard<'_, SavedBills> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request for a bill or for its file; `None` for other requests.
    pub(super) fn answer(
        &self,
        head: &Parts,
        written: Written,
        world: &World,
        now: i64,
    ) -> Option<Outcome> {
        let asked = || Asked::read(head, now).and_then(|asked| self.bill(&asked, world, now));
        Some(match head.uri.path() {
            TRADE | FUNDS | SHARING => {
                asked().map(|bill| Success::json(self.ticket(head, written.tls, bill, now)))
            }
            path if sealed::is_sealed(path) => self.sealed(head, written, world, now),
            FILE => self.file(head, now),
            path if is_receipt(path) => self.receipt(head, now)?,
            _ => return None,
        })
    }

    /// Answers a request of APIv2, whose response is the bill.
    pub(super) fn answer_v2(
        &self,
        operation: &Operation,
        members: &Value,
        world: &World,
        now: i64,
    ) -> Option<Outcome> {
        let path = match operation.path() {
            TRADE_V2 => TRADE,
            FUNDS_V2 => FUNDS,
            _ => return None,
        };
        let asked = Asked::read_v2(path, members);
        let bill = asked.and_then(|asked| self.bill(&asked, world, now).map_err(into_v2));
        Some(bill.map(|bill| match text(members, "tar_type") {
            Some("GZIP") => Success::file("application/x-gzip", zipped(&bill).into()),
            _ => Success::file("text/plain", bill),
        }))
    }

    fn bill(&self, asked: &Asked<'_>, world: &World, now: i64) -> Result<Bytes, Refusal> {
        if let Some(set) = &self.kept().set {
            return Ok(set.0.clone());
        }
        if asked.is_of_nothing(world) {
            let example = match asked.path {
                FUNDS | sealed::ECOMMERCE | sealed::SUB_MERCHANT => USUAL_FUNDS,
                _ => USUAL_TRADE,
            };
            return Ok(example.replace("{mchid}", &self.mchid).into());
        }
        asked.check_day(now)?;
        let bill = asked.written(world).ok_or_else(|| asked.no_bill(now))?;
        Ok(bill.into())
    }

    /// The digest covers the bill before compression.
    fn ticket(&self, head: &Parts, tls: bool, bill: Bytes, now: i64) -> Value {
        let digest = sha1_hex(&bill);
        let token = self.keep(bill, now);
        json!({
            "hash_type": "SHA1",
            "hash_value": digest,
            "download_url": Self::url(head, tls, &token) + zipped_mark(head),
        })
    }

    fn url(head: &Parts, tls: bool, token: &str) -> String {
        Self::url_of(head, tls, FILE) + "?token=" + token
    }

    /// The URL of a path of this sandbox.
    fn url_of(head: &Parts, tls: bool, path: &str) -> String {
        let scheme = if tls { "https" } else { "http" };
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| Some(head.uri.authority()?.as_str()));
        let host = host.unwrap_or_default();
        format!("{scheme}://{host}{path}")
    }

    /// Keeps a file and returns its token.
    fn keep(&self, bill: Bytes, made: i64) -> String {
        let mut kept = self.kept();
        kept.count += 1;
        let token = format!("{TOKEN}{}{:06}", self.mchid, kept.count);
        kept.bytes += bill.len();
        kept.tickets.push_back(Ticket {
            token: token.clone(),
            made,
            bill: Blob(bill),
        });
        while kept.tickets.len() > TICKETS || (kept.bytes > BYTES && kept.tickets.len() > 1) {
            let gone = kept.tickets.pop_front();
            kept.bytes -= gone.map_or(0, |gone| gone.bill.0.len());
        }
        token
    }

    /// The token of a file, which equal files share for half of its time: many queries do not push out the bills.
    fn keep_once(&self, content: Bytes, now: i64) -> String {
        let is_fresh = |it: &&Ticket| (0..VALID / 2).contains(&now.saturating_sub(it.made));
        let kept = self
            .kept()
            .tickets
            .iter()
            .rev()
            .filter(is_fresh)
            .find(|it| it.bill.0 == content)
            .map(|it| it.token.clone());
        match kept {
            Some(token) => token,
            None => self.keep(content, now),
        }
    }

    /// The time and the file of a token.
    fn ticket_of(&self, token: &str) -> Option<(i64, Bytes)> {
        let kept = self.kept();
        let ticket = kept.tickets.iter().find(|it| it.token == token);
        ticket.map(|it| (it.made, it.bill.0.clone()))
    }

    fn file(&self, head: &Parts, now: i64) -> Outcome {
        let parameters = head.uri.query();
        let token = query::value(parameters, "token").unwrap_or_default();
        // Compress outside of the lock.
        let ticket = self.ticket_of(&token);
        // Setting the clock back invalidates no token.
        let ticket = ticket.filter(|(made, _)| now.saturating_sub(*made) <= VALID);
        let (_, bill) = ticket.ok_or_else(|| business::BILL_URL_EXPIRED.refusal())?;
        let is_zipped = query::value(parameters, "tartype").as_deref() == Some("gzip");
        Ok(if is_zipped {
            Success::file("application/octet-stream", zipped(&bill).into())
        } else {
            Success::file(content_type(&bill), bill)
        })
    }
}

/// Whether an operation answers with a bill of orders.
pub(super) fn lists_orders(path: &str, v2: Option<&Operation>) -> bool {
    match v2 {
        Some(operation) => [TRADE_V2, FUNDS_V2].contains(&operation.path()),
        None => [TRADE, FUNDS].contains(&path) || sealed::is_sealed(path),
    }
}

/// The end of the URL of a file that was requested with `tar_type=GZIP`.
fn zipped_mark(head: &Parts) -> &'static str {
    match query::value(head.uri.query(), "tar_type") {
        Some(_) => "&tartype=gzip",
        None => "",
    }
}

fn content_type(file: &[u8]) -> &'static str {
    if file.starts_with(b"%PDF-") {
        "application/pdf"
    } else {
        "text/plain"
    }
}

/// The requested bill.
struct Asked<'h> {
    path: &'h str,
    /// `None` if the field checks are off and the request has none.
    day: Option<String>,
    begins: i64,
    bill_type: BillType,
    /// Whether it is the basic account, which receives the payments.
    basic: bool,
    sub_mchid: Option<String>,
}

impl<'h> Asked<'h> {
    fn read(head: &'h Parts, now: i64) -> Result<Self, Refusal> {
        let given = |name| query::value(head.uri.query(), name);
        let day = given("bill_date").map(String::from);
        let begins = match &day {
            Some(day) => parse_date(day).ok_or_else(|| wrong("bill_date", "格式应为yyyy-MM-DD"))?,
            None => now,
        };
        let bill_type = given("bill_type").unwrap_or("ALL".into());
        let bill_type = BillType::named(&bill_type)
            .ok_or_else(|| wrong("bill_type", "应为ALL、SUCCESS或REFUND"))?;
        if given("tar_type").is_some_and(|kind| kind != "GZIP") {
            return Err(wrong("tar_type", "应为GZIP"));
        }
        let account = given("account_type").unwrap_or("BASIC".into());
        if !sealed::is_sealed(head.uri.path())
            && !["BASIC", "OPERATION", "FEES"].contains(&&*account)
        {
            return Err(wrong("account_type", "应为BASIC、OPERATION或FEES"));
        }
        Ok(Self {
            path: head.uri.path(),
            day,
            begins,
            bill_type,
            basic: ["ALL", "BASIC"].contains(&&*account),
            sub_mchid: given("sub_mchid").map(String::from),
        })
    }

    /// Reads a request of APIv2, where days have no hyphens and accounts are spelt `Basic`.
    fn read_v2(path: &'h str, members: &Value) -> Result<Self, Refusal> {
        let given = |name| text(members, name);
        let day = given("bill_date").unwrap_or_default();
        let parts = (day.get(..4), day.get(4..6), day.get(6..));
        let day = match parts {
            (Some(year), Some(month), Some(date)) => format!("{year}-{month}-{date}"),
            _ => day.to_owned(),
        };
        let begins = parse_date(&day);
        let begins = begins.ok_or_else(|| into_v2(wrong("bill_date", "格式应为yyyyMMdd")))?;
        let bill_type = BillType::named(given("bill_type").unwrap_or("ALL"));
        let bill_type = bill_type.ok_or_else(|| {
            let why = Refusal::field("bill_type", "应为ALL、SUCCESS或REFUND", "body").why;
            Refusal::v2("invalid bill_type", why)
        })?;
        Ok(Self {
            path,
            day: Some(day),
            begins,
            bill_type,
            basic: given("account_type").is_none_or(|account| account == "Basic"),
            sub_mchid: given("sub_mch_id").map(String::from),
        })
    }

    /// Whether the bill is the sample: there was no entry yet, or the request names no day.
    fn is_of_nothing(&self, world: &World) -> bool {
        self.day.is_none()
            || match self.path {
                TRADE => world.has_no_trade(),
                FUNDS | sealed::ECOMMERCE | sealed::SUB_MERCHANT => world.has_no_funds(),
                _ => true,
            }
    }

    fn written(&self, world: &World) -> Option<String> {
        let day = self.begins..self.begins.saturating_add(DAY);
        let sub_mchid = self.sub_mchid.as_deref();
        match self.path {
            TRADE => world.trade_bill(day, self.bill_type, sub_mchid),
            FUNDS | sealed::ECOMMERCE | sealed::SUB_MERCHANT if self.basic => {
                world.fund_bill(day, sub_mchid)
            }
            _ => None,
        }
    }

    /// Whether a bill of the day can exist.
    fn check_day(&self, now: i64) -> Result<(), Refusal> {
        if (0..OLDEST).contains(&now.saturating_sub(self.begins)) {
            Ok(())
        } else {
            Err(business::BILL_DATE_OUT_OF_RANGE.with(&[&Local::of(now)]))
        }
    }

    fn no_bill(&self, now: i64) -> Refusal {
        let is_today = now.saturating_sub(self.begins) < DAY;
        if is_today {
            business::BILL_BEING_MADE.refusal()
        } else {
            business::BILL_NOT_EXIST.refusal()
        }
    }
}

fn text<'m>(members: &'m Value, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Value::as_str)
}

/// APIv2 has only texts for these refusals.
fn into_v2(refusal: Refusal) -> Refusal {
    let refusal = refusal.into_v2();
    let message = match refusal.code {
        "FAIL" => refusal.message,
        _ => "invalid bill_date".into(),
    };
    Refusal::v2(message, refusal.why)
}

fn wrong(name: &str, issue: &str) -> Refusal {
    Refusal::field(name, issue, "query")
}

/// Writing to memory cannot fail.
fn zipped(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(content);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bill_files_are_bounded_and_the_newest_is_kept() {
        let bills = Bills::new("1900000109");
        let big = Bytes::from(vec![0; BYTES / 2]);
        let tokens = [0; 3].map(|at| bills.keep(big.clone(), at));
        assert!(bills.ticket_of(&tokens[0]).is_none());
        assert!(bills.ticket_of(&tokens[1]).is_some() && bills.ticket_of(&tokens[2]).is_some());
        let huge = bills.keep(vec![0; BYTES + 1].into(), 0);
        assert!(bills.ticket_of(&huge).is_some() && bills.ticket_of(&tokens[2]).is_none());
        for _ in 0..TICKETS + 2 {
            bills.keep(Bytes::from_static(b"x"), 0);
        }
        let kept = bills.kept();
        assert_eq!((kept.tickets.len(), kept.bytes), (TICKETS, TICKETS));
    }
}
