//! APIv2's refund notification: `req_info`, encrypted with AES-256-ECB and not signed.
//!
//! ECB encrypts every block of 16 bytes separately, so an attacker who captured one notification can
//! insert, remove and exchange blocks without the key. This module refuses the changes that it can detect.
//! Because of the others, [`Verification::Unsigned`](crate::Verification::Unsigned) exists.

use serde_json::{Map, Value};

use super::flat::check_flat;
use wechatpay_core::crypto::{aes, base64};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::envelope::refund_key;
use wechatpay_core::protocol::xml;
use wechatpay_core::secret::Secret;

type Members = Map<String, Value>;

const BLOCK: usize = 16;
/// The lengths of WeChat Pay's refund ids: 28 digits until 2015, 29 since.
const DIGITS: std::ops::RangeInclusive<usize> = 28..=32;
/// The position of the date in a number: `50000408942018111907145868882`.
const DATE: std::ops::Range<usize> = 10..18;

/// A decrypted `req_info`.
pub(super) struct Refund {
    text: zeroize::Zeroizing<Vec<u8>>,
    pub(super) members: Members,
}

impl Refund {
    /// Decrypts and parses `req_info`. A wrong key is detected by the padding, or, once in 256 times, because the result is not XML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`].
    pub(super) fn open(keys: &[Secret], info: &str) -> Result<Self> {
        let info = base64::decode(info)
            .ok_or_else(|| Error::new(ErrorKind::Decrypt, "req_info is not base64"))?;
        for key in keys {
            if let Ok(text) = aes::ecb_decrypt(&*refund_key(key)?, &info)
                && let Ok(members) = xml::decode(&text)
            {
                return Ok(Self { text, members });
            }
        }
        Err(Error::new(
            ErrorKind::Decrypt,
            format!(
                "req_info was not encrypted with the APIv2 key ({} tried): give the one set at 商户平台 → \
                 账户中心 → API安全 → APIv2密钥",
                keys.len()
            ),
        ))
    }

    /// Returns the refund id and its status, which identify the event.
    ///
    /// # Errors
    ///
    /// A reason to suspect that blocks were inserted, removed or exchanged.
    pub(super) fn subject(&self) -> Result<[&str; 2], &'static str> {
        check_flat(&self.members)?;
        let status = self.text_of("refund_status");
        // A longer status contains an inserted block.
        if status.len() >= BLOCK || !status.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err("refund_status is not the status of a refund");
        }
        if self.is_made_up() && self.is_short_or_numbered() {
            return Ok([self.made_up_number()?, status]);
        }
        let number = self.text_of("refund_id");
        if status.is_empty() {
            return Err("refund_status is missing");
        }
        if !self.is_dated(number) {
            return Err("refund_id is missing, or is not in the form of WeChat Pay's numbers");
        }
        if self.is_copied(number) {
            return Err("a block of refund_id is repeated, or refund_id is in the wrong place");
        }
        Ok([number, status])
    }

    /// Whether none of the ids has WeChat Pay's form, as in test messages.
    ///
    /// No change of blocks gives a genuine message this form: 12 digits of each id remain.
    fn is_made_up(&self) -> bool {
        let digits = |name| {
            let text = self.text_of(name);
            text.bytes().filter(u8::is_ascii_digit).count()
        };
        ["refund_id", "transaction_id"]
            .iter()
            .all(|name| digits(name) < *DIGITS.start() - BLOCK)
    }

    /// Whether the message has a refund id, or is too short to be the rest of a genuine one.
    ///
    /// An attacker who removes cipher blocks cannot shorten an id to fewer than 13 digits, but can remove whole
    /// elements, including both ids.
    fn is_short_or_numbered(&self) -> bool {
        let has = |name| !self.text_of(name).is_empty();
        match self.members.len() {
            0 | 1 => true,
            2 | 3 => has("refund_id") || has("refund_status"),
            _ => has("refund_id"),
        }
    }

    fn made_up_number(&self) -> Result<&str, &'static str> {
        [
            "refund_id",
            "out_refund_no",
            "transaction_id",
            "out_trade_no",
        ]
        .into_iter()
        .map(|name| self.text_of(name))
        .find(|number| !number.is_empty())
        .ok_or("the refund has no id")
    }

    fn text_of(&self, name: &str) -> &str {
        self.members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Whether the date in a refund id is not before the payment's and not after the refund.
    ///
    /// Exchanging blocks with another id changes these digits.
    fn is_dated(&self, number: &str) -> bool {
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let Some(day) = number.get(DATE).and_then(Day::read) else {
            return false;
        };
        let paid = self.text_of("transaction_id").get(DATE).and_then(Day::read);
        let done = self.text_of("success_time").get(..10);
        let done = done.and_then(|date| Day::read(&date.replace('-', "")));
        digits
            && DIGITS.contains(&number.len())
            && paid.is_none_or(|paid| paid.is_not_after(day))
            && done.is_none_or(|done| day.is_not_after(done))
    }

    /// Whether a block of the id's digits occurs twice in the plaintext.
    ///
    /// WeChat Pay assigns the refund id after all other ids, so it repeats none of them.
    fn is_copied(&self, number: &str) -> bool {
        let Some(at) = self.place(number) else {
            return true;
        };
        let blocks: Vec<_> = self.text.chunks(BLOCK).collect();
        let mut own = at / BLOCK..(at + number.len()).div_ceil(BLOCK);
        own.any(|own| blocks.iter().filter(|block| **block == blocks[own]).count() > 1)
    }

    /// Returns the only position of the id.
    fn place(&self, number: &str) -> Option<usize> {
        let text = str::from_utf8(&self.text).ok()?;
        let (before, after) = text.split_once("<refund_id>")?;
        if after.contains("<refund_id>") {
            return None;
        }
        let (content, _) = after.split_once("</refund_id>")?;
        let open = content.find(number)?;
        let bare = content == number;
        let section = content
            .strip_prefix("<![CDATA[")
            .and_then(|rest| rest.strip_suffix("]]>"));
        (bare || section == Some(number)).then_some(before.len() + "<refund_id>".len() + open)
    }
}

/// A comparable date.
#[derive(Clone, Copy)]
struct Day(u32);

impl Day {
    /// The permitted difference: a wrong clock at midnight may be a day off; 4 here, since every month counts 31 days.
    const SLACK: u32 = 4;

    /// Parses a date: `20181119`.
    fn read(text: &str) -> Option<Self> {
        let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
        let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
        let real =
            (2005..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        (real && text.len() == 8).then_some(Self((year * 12 + month) * 31 + day))
    }

    fn is_not_after(self, other: Self) -> bool {
        self.0 <= other.0 + Self::SLACK
    }
}
