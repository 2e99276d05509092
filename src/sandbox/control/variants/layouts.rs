//! The layouts of the signed lines.

use super::super::diagnosis::Mistake;
use super::{Parts, Variant};
use Line::{Body, Method, Nonce, Target, Time};
use wechatpay_core::crypto::digest::{hex_lower, hex_upper, sha256};

/// The lines and their ends.
#[derive(Clone)]
pub(super) struct Layout {
    lines: Vec<Line>,
    end: &'static str,
    /// The end of the last line.
    last: &'static str,
    hashed: Option<Hashed>,
}

#[derive(Clone, Copy, PartialEq)]
enum Line {
    Method,
    /// Another spelling of the method.
    Called(&'static str),
    Target,
    Time,
    /// Another timestamp.
    At(i64),
    Nonce,
    /// The nonce in lower or in upper case.
    NonceIn {
        lower: bool,
    },
    Body,
}

/// A digest that is signed in place of the text.
#[derive(Clone, Copy)]
enum Hashed {
    Bytes,
    Lower,
    Upper,
}

const RIGHT: [Line; 5] = [Method, Target, Time, Nonce, Body];

impl Layout {
    fn of(lines: &[Line]) -> Self {
        Self {
            lines: lines.to_vec(),
            end: "\n",
            last: "\n",
            hashed: None,
        }
    }

    fn ending(end: &'static str, last: &'static str) -> Self {
        Self {
            end,
            last,
            ..Self::of(&RIGHT)
        }
    }

    fn with(line: Line, other: Line) -> Self {
        Self::of(&RIGHT.map(|it| if it == line { other } else { it }))
    }

    fn hashed(hashed: Hashed) -> Self {
        Self {
            hashed: Some(hashed),
            ..Self::of(&RIGHT)
        }
    }

    /// Combines two layouts; `None` when both change the same line.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let ending = match (self.ends_right(), other.ends_right()) {
            (_, true) => self,
            (true, false) => other,
            (false, false) => return None,
        };
        if self.hashed.is_some() && other.hashed.is_some() {
            return None;
        }
        Some(Self {
            lines: merged(&self.lines, &other.lines)
                .or_else(|| merged(&other.lines, &self.lines))?,
            hashed: self.hashed.or(other.hashed),
            ..ending.clone()
        })
    }

    fn ends_right(&self) -> bool {
        (self.end, self.last) == ("\n", "\n")
    }

    pub(super) fn text(&self, parts: &Parts<'_>, target: &str, body: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(target.len() + body.len() + 96);
        let count = self.lines.len();
        for (at, line) in self.lines.iter().enumerate() {
            match line {
                Body => text.extend_from_slice(body),
                Target => text.extend_from_slice(target.as_bytes()),
                other => text.extend_from_slice(other.text(parts).as_bytes()),
            }
            let end = if at + 1 == count { self.last } else { self.end };
            text.extend_from_slice(end.as_bytes());
        }
        match self.hashed {
            None => text,
            Some(Hashed::Bytes) => sha256(&text).to_vec(),
            Some(Hashed::Lower) => hex_lower(&sha256(&text)).into(),
            Some(Hashed::Upper) => hex_upper(&sha256(&text)).into(),
        }
    }
}

/// Combines the changes of both; the first only rewrites lines.
fn merged(one: &[Line], other: &[Line]) -> Option<Vec<Line>> {
    if one.len() != RIGHT.len() {
        return None;
    }
    let changes = || {
        let pairs = RIGHT.iter().zip(one);
        pairs.filter(|(right, line)| right != line)
    };
    // A line that both change, or that is missing in the other.
    if !changes().all(|(right, _)| other.contains(right)) {
        return None;
    }
    let changed = |line: &Line| changes().find(|(right, _)| *right == line);
    let lines = other
        .iter()
        .map(|line| changed(line).map_or(*line, |(_, line)| *line));
    Some(lines.collect())
}

impl Line {
    fn text(self, parts: &Parts<'_>) -> String {
        match self {
            Method => parts.method.to_owned(),
            Self::Called(name) => name.to_owned(),
            Time => parts.timestamp.to_string(),
            Self::At(timestamp) => timestamp.to_string(),
            Nonce => parts.nonce.to_owned(),
            Self::NonceIn { lower: true } => parts.nonce.to_lowercase(),
            Self::NonceIn { lower: false } => parts.nonce.to_uppercase(),
            Target | Body => String::new(),
        }
    }
}

pub(super) fn layouts(parts: &Parts<'_>) -> Vec<Variant<Layout>> {
    let mut found = fixed_layouts();
    for (upper, lower, title) in METHODS {
        let called = |name| Layout::with(Method, Line::Called(name));
        if upper == parts.method {
            found.extend([lower, title].map(|name| (Some(LOWER), called(name))));
        } else {
            found.push((Some(OTHER_METHOD), called(upper)));
        }
    }
    for seconds in [1, -1, 2, -2, 3, -3, 4, -4, 5, -5] {
        let other = Line::At(parts.timestamp.saturating_add(seconds));
        found.push((Some(OTHER_TIME), Layout::with(Time, other)));
    }
    for lower in [true, false] {
        let nonce = Line::NonceIn { lower };
        if nonce.text(parts) != parts.nonce {
            found.push((Some(NONCE_CASE), Layout::with(Nonce, nonce)));
        }
    }
    found
}

/// The layouts that do not depend on the request: the right one first, then lines that are missing, swapped
/// or ended in another way.
fn fixed_layouts() -> Vec<Variant<Layout>> {
    vec![
        (None, Layout::of(&RIGHT)),
        (Some(LAST_BREAK), Layout::ending("\n", "")),
        (Some(BODY_LINE), Layout::of(&RIGHT[..4])),
        (Some(CRLF), Layout::ending("\r\n", "\r\n")),
        (Some(CRLF), Layout::ending("\r\n", "")),
        (Some(LITERAL), Layout::ending("\\n", "\\n")),
        (Some(NO_BREAKS), Layout::ending("", "")),
        (Some(ONE_MORE), Layout::ending("\n", "\n\n")),
        (
            Some(SWAPPED),
            Layout::of(&[Method, Target, Nonce, Time, Body]),
        ),
        (Some(ANSWER), Layout::of(&[Time, Nonce, Body])),
        (Some(NO_METHOD), Layout::of(&RIGHT[1..])),
        (
            Some(NO_TIMESTAMP),
            Layout::of(&[Method, Target, Nonce, Body]),
        ),
        (Some(NO_NONCE), Layout::of(&[Method, Target, Time, Body])),
        (Some(HASHED), Layout::hashed(Hashed::Lower)),
        (Some(HASHED), Layout::hashed(Hashed::Upper)),
        (Some(HASHED), Layout::hashed(Hashed::Bytes)),
    ]
}

/// All the milliseconds of a second.
pub(super) fn milliseconds(timestamp: i64) -> impl Iterator<Item = Variant<Layout>> {
    let first = timestamp.saturating_mul(1000);
    (0..1000).map(move |more| {
        let time = Line::At(first.saturating_add(more));
        (Some(MILLISECONDS), Layout::with(Time, time))
    })
}

const METHODS: [(&str, &str, &str); 5] = [
    ("GET", "get", "Get"),
    ("POST", "post", "Post"),
    ("PUT", "put", "Put"),
    ("PATCH", "patch", "Patch"),
    ("DELETE", "delete", "Delete"),
];

const LAST_BREAK: Mistake = Mistake::new(
    "last_line_break_missing",
    "the last line break is missing: the body, too, is followed by \\n, and so is an empty one",
    "缺少最后一个换行符：报文主体之后也要有 \\n，为空时也一样",
);
const BODY_LINE: Mistake = Mistake::new(
    "body_line_missing",
    "the line of the body is missing: add the body and \\n",
    "缺少报文主体一行：请加上报文主体和 \\n",
);
const CRLF: Mistake = Mistake::new(
    "line_ends_crlf",
    "the lines end with \\r\\n in place of \\n: write \\n and no platform's line end (PHP_EOL, println)",
    "换行用了 \\r\\n，应为 \\n：请不要用与平台有关的换行（PHP_EOL、println）",
);
const LITERAL: Mistake = Mistake::new(
    "line_ends_literal",
    "the lines end with a backslash and an n in place of a line break: the text is in quotes that do not \
     know \\n; write double quotes in PHP and $'..' in a shell",
    "换行写成了反斜杠加 n 两个字符：所用的引号不解释 \\n；PHP 请用双引号，shell 请用 $'..'",
);
const NO_BREAKS: Mistake = Mistake::new(
    "line_breaks_missing",
    "there are no line breaks: each of the five parts is followed by \\n",
    "没有换行符：五个部分之后都要有 \\n",
);
const ONE_MORE: Mistake = Mistake::new(
    "line_break_too_many",
    "there is one line break too many at the end",
    "末尾多了一个换行符",
);
const SWAPPED: Mistake = Mistake::new(
    "nonce_before_timestamp",
    "the nonce comes before the timestamp: the order is method, URL, timestamp, nonce, body",
    "随机串写在了时间戳之前：顺序为方法、URL、时间戳、随机串、报文主体",
);
const ANSWER: Mistake = Mistake::new(
    "text_of_answer",
    "it is the text of an answer or notification, with three lines: that of a request begins with method \
     and URL",
    "用了验证应答的三行签名串：请求的签名串以方法和 URL 两行开头",
);
const NO_METHOD: Mistake = Mistake::new(
    "method_missing",
    "the line of the method is missing: it is the first",
    "缺少请求方法一行：它是第一行",
);
const NO_TIMESTAMP: Mistake = Mistake::new(
    "timestamp_missing",
    "the line of the timestamp is missing: it is the third",
    "缺少时间戳一行：它是第三行",
);
const NO_NONCE: Mistake = Mistake::new(
    "nonce_missing",
    "the line of the nonce is missing: it is the fourth",
    "缺少随机串一行：它是第四行",
);
const HASHED: Mistake = Mistake::new(
    "digest_twice",
    "the text's SHA-256 is signed as if it were the text: give the text itself to SHA256withRSA, which \
     makes the digest",
    "先做了 SHA-256 再签名，等于摘要了两次：请把待签名串本身交给 SHA256withRSA",
);
const LOWER: Mistake = Mistake::new(
    "method_lower_case",
    "the method is not in upper case: write GET or POST",
    "请求方法不是大写：应为 GET、POST 等",
);
const OTHER_METHOD: Mistake = Mistake::new(
    "method_other",
    "the signed method differs from the sent one",
    "签名用的请求方法与实际发送的不同",
);
const OTHER_TIME: Mistake = Mistake::new(
    "timestamp_other",
    "the signed timestamp differs from the header's: read the clock once and use the value for both",
    "签名用的时间戳与请求头中的不同：请只取一次时间，两处共用",
);
const MILLISECONDS: Mistake = Mistake::new(
    "timestamp_unit",
    "milliseconds are signed, and the header has seconds: use the same seconds for both",
    "签名用了毫秒，请求头用了秒：两处应使用同一个以秒为单位的时间戳",
);
const NONCE_CASE: Mistake = Mistake::new(
    "nonce_case",
    "the signed nonce differs in case from the header's: use the same text for both",
    "签名用的随机串与请求头中的大小写不同：两处应完全相同",
);
