//! Texts that APIv2's clients sign in place of the right one.

mod mistakes;

use std::borrow::Cow;
use std::cmp::Reverse;

use encoding_rs::GBK;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::super::diagnosis::Mistake;
use super::bodies::{ascii, ascii_bytes};
use super::targets::strict;
use super::{Budget, Variant};
use crate::query::decoded;
use mistakes as m;
use wechatpay_core::variants::charset;

/// The message that was signed.
pub(in super::super) struct Message<'a> {
    /// The members that are texts, in their order, `sign` among them.
    pub(in super::super) members: &'a [(String, String)],
    pub(in super::super) body: &'a str,
    pub(in super::super) key: &'a str,
    pub(in super::super) apiv3_key: &'a str,
}

/// How a digest is made of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    HmacMd5,
    HmacSha1,
    HmacSha256,
}

impl Algorithm {
    fn digest(self, key: &str, text: &[u8]) -> Option<Vec<u8>> {
        let (kind, keyed) = match self {
            Self::Md5 => (MessageDigest::md5(), false),
            Self::Sha1 => (MessageDigest::sha1(), false),
            Self::Sha256 => (MessageDigest::sha256(), false),
            Self::HmacMd5 => (MessageDigest::md5(), true),
            Self::HmacSha1 => (MessageDigest::sha1(), true),
            Self::HmacSha256 => (MessageDigest::sha256(), true),
        };
        if !keyed {
            return Some(hash(kind, text).ok()?.to_vec());
        }
        let key = PKey::hmac(key.as_bytes()).ok()?;
        let mut signer = Signer::new(kind, &key).ok()?;
        signer.sign_oneshot_to_vec(text).ok()
    }
}

/// Builds the correct text, then texts with one change, then with two, until one has the digest. Returns
/// that text, without the key, and its changes.
pub(in super::super) fn search(
    message: &Message<'_>,
    algorithms: &[Variant<Algorithm>],
    digest: &[u8],
) -> Option<(Vec<u8>, Vec<Mistake>)> {
    let mut search = Search {
        message,
        algorithms,
        digest,
        keys: keys(message),
        budget: Budget::new(),
    };
    let members = members(message);
    (0..=2).find_map(|wanted| search.changed(&members, wanted))
}

struct Search<'a> {
    message: &'a Message<'a>,
    algorithms: &'a [Variant<Algorithm>],
    digest: &'a [u8],
    keys: Vec<Variant<Key<'a>>>,
    budget: Budget,
}

type Found = Option<(Vec<u8>, Vec<Mistake>)>;

impl Search<'_> {
    /// Searches texts with this number of changes.
    fn changed(&mut self, members: &[Variant<Members>], wanted: usize) -> Found {
        for members in members {
            for order in &ORDERS {
                let changes: Vec<_> = [&members.0, &order.0].into_iter().flatten().collect();
                let Some(more) = wanted.checked_sub(changes.len()) else {
                    continue;
                };
                let pairs = order.1.sort(members.1.pairs(self.message));
                if let Some((shown, others)) = self.ended(&pairs, more) {
                    let changes = changes.into_iter().cloned().chain(others);
                    return Some((shown, changes.collect()));
                }
            }
        }
        None
    }

    /// Searches texts of these members with this number of changes.
    fn ended(&mut self, pairs: &Pairs<'_>, wanted: usize) -> Found {
        let length = self.message.body.len().max(1024);
        for (of_key, key) in &self.keys {
            for (of_charset, charset) in &CHARSETS {
                for (of_algorithm, algorithm) in self.algorithms {
                    let changes = [of_key, of_charset, of_algorithm];
                    let changes: Vec<_> = changes.into_iter().flatten().cloned().collect();
                    if changes.len() != wanted {
                        continue;
                    }
                    if !self.budget.spend(length) {
                        return None;
                    }
                    let text = key.text(pairs, key.text);
                    let found = algorithm.digest(key.text, &charset.encode(&text));
                    if found.as_deref() == Some(self.digest) {
                        let shown = key.text(pairs, key.shown).replace(self.message.key, "***");
                        return Some((charset.encode(&shown).into_owned(), changes));
                    }
                }
            }
        }
        None
    }
}

type Pairs<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// Which members are signed, and how their values are written.
#[derive(Clone, Copy)]
enum Members {
    Right,
    WithEmpty,
    WithSign,
    WithEmptyAndSign,
    Without(usize),
    WithType(&'static str),
    Written(Write),
}

/// Writes the value of a member, given its name and value.
type Write = fn(&Message<'_>, &str, &str) -> Option<String>;

/// Longer messages have no variants; real ones have about thirty members at most.
const MEMBERS: usize = 64;
const LONGEST: usize = 64 << 10;

fn members(message: &Message<'_>) -> Vec<Variant<Members>> {
    let mut found = vec![
        (None, Members::Right),
        (Some(m::EMPTY), Members::WithEmpty),
        (Some(m::SIGN), Members::WithSign),
        (Some(m::SIGN), Members::WithEmptyAndSign),
    ];
    if message.members.len() > MEMBERS || message.body.len() > LONGEST {
        return found;
    }
    for (at, (name, value)) in message.members.iter().enumerate() {
        if name != "sign" && !value.is_empty() {
            found.push((Some(m::not_signed(name)), Members::Without(at)));
        }
    }
    for kind in ["MD5", "HMAC-SHA256"] {
        found.push((Some(m::TYPE_NOT_SENT), Members::WithType(kind)));
    }
    let written = WRITTEN.map(|(mistake, how)| (Some(mistake), Members::Written(how)));
    found.extend(written);
    found
}

/// How clients write values in the signed text and not in the message.
const WRITTEN: [(Mistake, Write); 14] = [
    (m::TRIMMED, |_, _, value| Some(value.trim().to_owned())),
    (m::AS_XML, |message, name, _| raw(message.body, name)),
    (m::AS_XML, |_, _, value| Some(escaped(value))),
    (m::AS_XML, |_, _, value| {
        Some(format!("<![CDATA[{value}]]>"))
    }),
    (m::ENCODED, |_, _, value| Some(strict(value))),
    (m::ENCODED, |_, _, value| {
        Some(strict(value).replace("%20", "+"))
    }),
    (m::ENCODED, |_, _, value| {
        Some(strict(value).replace("%2A", "*"))
    }),
    (m::DECODED, |_, _, value| Some(decoded(value).into_owned())),
    (m::SLASHES, |_, _, value| Some(with_slashes(value))),
    (m::SLASHES, |_, _, value| Some(without_slashes(value))),
    (m::LINE_ENDS, |_, _, value| {
        Some(value.replace("\r\n", "\n"))
    }),
    (m::LINE_ENDS, |_, _, value| {
        Some(value.replace("\r\n", "\n").replace('\n', "\r\n"))
    }),
    (m::MOJIBAKE, |_, _, value| mojibake(value)),
    (m::LOWER_VALUES, |_, _, value| Some(value.to_lowercase())),
];

impl Members {
    fn pairs<'a>(self, message: &'a Message<'_>) -> Pairs<'a> {
        let mut pairs = Pairs::new();
        for (at, (name, value)) in message.members.iter().enumerate() {
            let value = match self {
                _ if name == "sign" => match self {
                    Self::WithSign | Self::WithEmptyAndSign => Cow::Borrowed(""),
                    _ => continue,
                },
                Self::WithEmpty | Self::WithEmptyAndSign => Cow::Borrowed(&**value),
                _ if value.is_empty() => continue,
                Self::Without(without) if without == at => continue,
                Self::Written(how) => {
                    how(message, name, value).map_or(Cow::Borrowed(&**value), Cow::Owned)
                }
                _ => Cow::Borrowed(&**value),
            };
            pairs.push((name, value));
        }
        if let Self::WithType(kind) = self {
            pairs.push(("sign_type", kind.into()));
        }
        pairs
    }
}

/// The raw content of a member in the body.
fn raw(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    Some(content.to_owned())
}

fn escaped(value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('<', "&lt;");
    value.replace('>', "&gt;").replace('"', "&quot;")
}

/// As PHP's `addslashes`.
fn with_slashes(value: &str) -> String {
    let escaped = |c: char| match c {
        '\'' | '"' | '\\' => format!("\\{c}"),
        c => c.to_string(),
    };
    value.chars().map(escaped).collect()
}

/// As PHP's `stripslashes`.
fn without_slashes(value: &str) -> String {
    let mut chars = value.chars();
    let mut plain = String::with_capacity(value.len());
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// The text whose UTF-8 was taken for another charset before it was sent.
fn mojibake(value: &str) -> Option<String> {
    let mut candidates = charset::candidates(value.as_bytes()).into_iter();
    candidates.find_map(|bytes| String::from_utf8(bytes).ok())
}

#[derive(Clone, Copy)]
enum Order {
    Sorted,
    AsSent,
    AnyCase,
    ByValue,
    Descending,
}

const ORDERS: [Variant<Order>; 5] = [
    (None, Order::Sorted),
    (Some(m::NOT_SORTED), Order::AsSent),
    (Some(m::ANY_CASE), Order::AnyCase),
    (Some(m::BY_VALUE), Order::ByValue),
    (Some(m::DESCENDING), Order::Descending),
];

impl Order {
    fn sort(self, mut pairs: Pairs<'_>) -> Pairs<'_> {
        match self {
            Self::Sorted => pairs.sort_by_key(|(name, _)| *name),
            Self::AsSent => {}
            Self::AnyCase => pairs.sort_by_key(|(name, _)| name.to_lowercase()),
            Self::ByValue => pairs.sort_by(|(_, a), (_, b)| a.cmp(b)),
            Self::Descending => pairs.sort_by_key(|(name, _)| Reverse(*name)),
        }
        pairs
    }
}

/// The key and its position.
struct Key<'a> {
    text: &'a str,
    /// The text that replaces the key.
    shown: &'a str,
    place: Place,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// After all members, with a prefix and a suffix.
    Behind(&'static str, &'static str),
    Front,
    Sorted,
    Nowhere,
}

const RIGHT: Place = Place::Behind("&key=", "");

/// Wrong prefixes and suffixes of the key after all members.
const KEY_PLACES: [(&str, &str); 10] = [
    ("key=", ""),
    ("&", ""),
    ("", ""),
    ("&key=", "&"),
    ("&&key=", ""),
    ("&Key=", ""),
    ("&KEY=", ""),
    ("&apikey=", ""),
    ("&secret=", ""),
    ("&key", ""),
];

fn keys<'a>(message: &Message<'a>) -> Vec<Variant<Key<'a>>> {
    let place = |mistake, place| {
        let key = Key {
            text: message.key,
            shown: "***",
            place,
        };
        (mistake, key)
    };
    let mut found = vec![
        place(None, RIGHT),
        place(Some(m::NO_KEY), Place::Nowhere),
        place(Some(m::KEY_SORTED), Place::Sorted),
        place(Some(m::KEY_FIRST), Place::Front),
        place(Some(m::KEY_BLANKS), Place::Behind("&key=", "\n")),
        place(Some(m::KEY_BLANKS), Place::Behind("&key=", "\r\n")),
        place(Some(m::KEY_BLANKS), Place::Behind("&key=", " ")),
    ];
    for (before, behind) in KEY_PLACES {
        found.push(place(Some(m::KEY_PLACE), Place::Behind(before, behind)));
    }
    for (mistake, text, shown) in [
        (m::NO_KEY, "", ""),
        (m::APIV3_KEY, message.apiv3_key, "***(APIv3)"),
    ] {
        let place = RIGHT;
        found.push((Some(mistake), Key { text, shown, place }));
    }
    found
}

impl Key<'_> {
    fn text(&self, pairs: &Pairs<'_>, key: &str) -> String {
        let mut pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, it)| (*name, &**it)).collect();
        match self.place {
            Place::Front => pairs.insert(0, ("key", key)),
            Place::Sorted => {
                let at = pairs.iter().position(|(name, _)| *name > "key");
                pairs.insert(at.unwrap_or(pairs.len()), ("key", key));
            }
            Place::Behind(..) | Place::Nowhere => {}
        }
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
        let mut text = pairs.collect::<Vec<_>>().join("&");
        match self.place {
            Place::Behind(before, behind) => text.extend([before, key, behind]),
            Place::Nowhere | Place::Front | Place::Sorted => {}
        }
        text
    }
}

#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    Gbk,
    Ascii,
    /// ASCII, with `?` for each byte of other characters.
    AsciiBytes,
    /// ISO 8859-1, with `?` for other characters.
    Latin,
    /// UTF-8 that is read as ISO 8859-1 and written as UTF-8 again.
    Twice,
}

const CHARSETS: [Variant<Charset>; 6] = [
    (None, Charset::Utf8),
    (Some(m::CHARSET), Charset::Gbk),
    (Some(m::CHARSET), Charset::Ascii),
    (Some(m::CHARSET), Charset::AsciiBytes),
    (Some(m::CHARSET), Charset::Latin),
    (Some(m::CHARSET), Charset::Twice),
];

impl Charset {
    fn encode(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => text.as_bytes().into(),
            Self::Gbk => GBK.encode(text).0,
            Self::Ascii => ascii(text).into_bytes().into(),
            Self::AsciiBytes => ascii_bytes(text).into_bytes().into(),
            Self::Latin => text
                .chars()
                .map(|c| u8::try_from(c).unwrap_or(b'?'))
                .collect(),
            Self::Twice => {
                let twice: String = text.bytes().map(char::from).collect();
                twice.into_bytes().into()
            }
        }
    }
}
