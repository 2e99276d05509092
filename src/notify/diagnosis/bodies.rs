//! Undoes common changes to bodies.

use percent_encoding::percent_decode;
use serde_json::Value;

use super::Finding;
use super::orders::{any_order, reordered};
use wechatpay_core::variants::charset;
use wechatpay_core::variants::json::{NUMBER_FORMS, numbers, rewritten, without_nulls};

/// The longest body that is examined. Notifications are shorter.
const LONGEST: usize = 64 << 10;

/// Returns candidates for the body before one kind of change.
type Edit = fn(&[u8]) -> Vec<Vec<u8>>;

/// Undoes changes until the signed body is found; returns `None` if no change explains the signature.
pub(super) fn search(body: &[u8], is_it: impl Fn(&[u8]) -> bool) -> Option<Vec<Finding>> {
    if is_it(&[]) {
        return Some(vec![ADDED]);
    }
    let once: Vec<_> = one_edit(body).collect();
    if let Some((finding, _)) = once.iter().find(|(_, edited)| is_it(edited)) {
        return Some(vec![finding.clone()]);
    }
    for (first, edited) in &once {
        if let Some((second, _)) = one_edit(edited).find(|(_, twice)| is_it(twice)) {
            let more = (second != *first).then_some(second);
            return Some([first.clone()].into_iter().chain(more).collect());
        }
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    (body.len() <= LONGEST && any_order(&value, &is_it)).then(|| vec![REORDERED])
}

/// Undoes one change, where each comparison is slow.
pub(super) fn search_once(body: &[u8], is_it: impl Fn(&[u8]) -> bool) -> Option<Finding> {
    if is_it(&[]) {
        return Some(ADDED);
    }
    let found = one_edit(body).find(|(_, edited)| is_it(edited));
    found.map(|(finding, _)| finding)
}

/// Returns the body with one change undone, for each kind of change.
pub(super) fn one_edit(body: &[u8]) -> impl Iterator<Item = (Finding, Vec<u8>)> + '_ {
    let edits = EDITS.iter().filter(move |_| body.len() <= LONGEST);
    edits.flat_map(move |(finding, edit)| {
        let edited = edit(body).into_iter();
        let changed = edited.filter(move |edited| edited != body && !edited.is_empty());
        changed.map(move |edited| (finding.clone(), edited))
    })
}

static EDITS: [(Finding, Edit); 19] = [
    (ENDS, ends),
    (NUL, |body| vec![trimmed(body, |byte| byte == 0)]),
    (BOM, bom),
    (LINE_ENDS, line_ends),
    (NGINX, |body| nginx(body).into_iter().collect()),
    (TWICE, |body| unescaped(body).into_iter().collect()),
    (QUOTED, quoted),
    (WHOLE_HTTP, |body| after_head(body).into_iter().collect()),
    (HTML, |body| on_text(body, html)),
    (PERCENT, |body| vec![percent_decode(body).collect()]),
    (FORM, form),
    (CHARSET, charset::candidates),
    (SLASHES, |body| {
        on_text(body, |text| text.replace("\\/", "/"))
    }),
    (REWRITTEN, |body| on_json(body, rewritten)),
    (REORDERED, |body| on_json(body, reordered)),
    (NULLS, |body| {
        on_json(body, |value| rewritten(&without_nulls(value)))
    }),
    (NUMBERS, |body| {
        on_json(body, |value| {
            NUMBER_FORMS
                .map(|form| numbers(value, form).to_string())
                .into()
        })
    }),
    (PRINTED, printed),
    (CUT, cut),
];

fn trimmed(body: &[u8], is_end: impl Fn(u8) -> bool) -> Vec<u8> {
    let end = body.iter().rposition(|byte| !is_end(*byte));
    body[..end.map_or(0, |end| end + 1)].to_vec()
}

fn ends(body: &[u8]) -> Vec<Vec<u8>> {
    let bare = body.trim_ascii();
    let mut found = vec![bare.to_vec()];
    found.extend(["\n", "\r\n", " ", "\n\n"].map(|end| [bare, end.as_bytes()].concat()));
    found.extend(["\n", "\r\n"].map(|start| [start.as_bytes(), bare].concat()));
    found
}

const MARK: &[u8] = "\u{feff}".as_bytes();

fn bom(body: &[u8]) -> Vec<Vec<u8>> {
    match body.strip_prefix(MARK) {
        Some(bare) => vec![bare.to_vec()],
        None => vec![[MARK, body].concat()],
    }
}

fn line_ends(body: &[u8]) -> Vec<Vec<u8>> {
    on_text(body, |text| text.replace("\r\n", "\n"))
        .into_iter()
        .chain(on_text(body, |text| text.replace('\r', "\n")))
        .chain(on_text(body, |text| {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        }))
        // A terminal or text field that wraps lines.
        .chain(on_text(body, |text| text.replace(['\r', '\n'], "")))
        .collect()
}

/// `\x22`, as nginx writes a log.
fn nginx(body: &[u8]) -> Option<Vec<u8>> {
    let digit = |at: usize| char::from(*body.get(at)?).to_digit(16);
    let mut out = Vec::with_capacity(body.len());
    let (mut at, mut changed) = (0, false);
    while let Some(byte) = body.get(at) {
        let escaped = body[at..].starts_with(b"\\x");
        match (escaped, digit(at + 2), digit(at + 3)) {
            (true, Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).ok()?);
                (at, changed) = (at + 4, true);
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    changed.then_some(out)
}

/// The text that a JSON text stands for, with or without its quotation marks.
fn unescaped(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let whole = serde_json::from_str::<String>(text);
    let inner = whole
        .or_else(|_| serde_json::from_str(&format!("\"{text}\"")))
        .ok()?;
    Some(inner.into())
}

fn quoted(body: &[u8]) -> Vec<Vec<u8>> {
    on_text(body, |text| {
        let text = text.trim();
        let text = text
            .strip_prefix('b')
            .filter(|rest| rest.starts_with(['\'', '"']))
            .unwrap_or(text);
        text.trim_matches(['\'', '"', '`']).to_owned()
    })
}

/// Returns the part after the head of an HTTP request.
fn after_head(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text
        .split_once("\r\n\r\n")
        .or_else(|| text.split_once("\n\n"))?;
    Some(rest.into())
}

fn html(text: &str) -> String {
    let text = text
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'");
    let text = text
        .replace("&#x2F;", "/")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    text.replace("&amp;", "&")
}

/// Undoes form decoding, which turns `+` into spaces, and form encoding, which adds `=` after a single name.
fn form(body: &[u8]) -> Vec<Vec<u8>> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode(text.as_bytes()).collect::<Vec<u8>>()
    };
    let mut found = vec![trimmed(body, |byte| byte == b'=')];
    if let Ok(text) = std::str::from_utf8(body) {
        found.push(decoded(text));
        found.push(decoded(text.trim_end_matches('=')));
        for text in [text, text.trim_end_matches('=')] {
            found.push(with_plus(text).into());
            // WeChat Pay writes no spaces between members.
            found.push(text.replace(' ', "+").into());
        }
    }
    found
}

/// Restores the `+` in the ciphertext: base64 contains no spaces.
fn with_plus(text: &str) -> String {
    let Some(start) = text.find("\"ciphertext\"") else {
        return text.to_owned();
    };
    let from = text[start..].find(':').map_or(start, |at| start + at + 1);
    let value = text[from..].find('"').map_or(from, |at| from + at + 1);
    let end = text[value..].find('"').map_or(text.len(), |at| value + at);
    [
        &text[..value],
        &text[value..end].replace(' ', "+"),
        &text[end..],
    ]
    .concat()
}

/// A dict as Python prints it.
fn printed(body: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Vec::new();
    };
    if !text.trim_start().starts_with("{'") {
        return Vec::new();
    }
    let text = text.replace('\'', "\"").replace(": None", ": null");
    let text = text
        .replace(": True", ": true")
        .replace(": False", ": false");
    on_json(text.as_bytes(), rewritten)
}

/// Completes a truncated body: the last characters of a notification are always the same.
fn cut(body: &[u8]) -> Vec<Vec<u8>> {
    let ends = ["}", "}}", "\"}}", "\"}", "\"}},"];
    ends.map(|end| [body, end.as_bytes()].concat()).into()
}

fn on_text(body: &[u8], edit: impl Fn(&str) -> String) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(body).ok();
    text.map(|text| edit(text).into()).into_iter().collect()
}

fn on_json(body: &[u8], edit: impl Fn(&Value) -> Vec<String>) -> Vec<Vec<u8>> {
    let Ok(value) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    edit(&value).into_iter().map(Into::into).collect()
}

const ADDED: Finding = Finding::new(
    "body_added",
    "the signature is that of an empty body: the headers and the body belong to different messages",
);
const ENDS: Finding = Finding::new(
    "body_ends",
    "white space or a line break at the start or end of the body differs from the signed bytes: keep \
     the bytes as received (an editor or echo adds a line break; printf %s does not)",
);
const NUL: Finding = Finding::new(
    "body_nul",
    "NUL bytes were added after the body: read as many bytes as Content-Length says, not the whole buffer",
);
const BOM: Finding = Finding::new(
    "body_bom",
    "a byte order mark (EF BB BF) at the beginning of the body makes the difference: save and read it as \
     UTF-8 without one",
);
const LINE_ENDS: Finding = Finding::new(
    "body_line_ends",
    "the line ends of the body were changed (CR LF, LF) or added: keep the bytes as received, and copy \
     them in binary mode",
);
const NGINX: Finding = Finding::new(
    "body_nginx",
    "the body is written as nginx writes logs, with \\x22 for a quotation mark: unescape it, or set \
     escape=none in log_format",
);
const TWICE: Finding = Finding::new(
    "body_json_twice",
    "the body is a JSON text within a JSON text, with \\\" for each quotation mark: decode the outer one, and \
     verify the text itself",
);
const QUOTED: Finding = Finding::new(
    "body_quoted",
    "there are quotation marks around the body: remove them, as only the bytes between them were signed",
);
const WHOLE_HTTP: Finding = Finding::new(
    "body_with_head",
    "the body includes the request's head: pass only the part after the empty line",
);
const HTML: Finding = Finding::new(
    "body_html",
    "characters of the body are written as in HTML (&quot;): keep the bytes as received, before \
     anything escapes them for a page",
);
const PERCENT: Finding = Finding::new(
    "body_percent_encoded",
    "the body is percent-encoded (%7B%22): keep the bytes as received, without encoding them for a URL",
);
const FORM: Finding = Finding::new(
    "body_form",
    "the body was read as a form, which turns + into spaces or adds =: read the raw body, before a \
     framework parses it",
);
const CHARSET: Finding = Finding::new(
    "body_charset",
    "the body was read or written in another charset than UTF-8 (GBK, ISO 8859-1, UTF-16): handle it as bytes, \
     or name UTF-8 in both directions",
);
const SLASHES: Finding = Finding::new(
    "body_slashes",
    "the slashes of the body are escaped (\\/), as PHP's json_encode does: verify the raw body, before it is \
     parsed and written again",
);
const REWRITTEN: Finding = Finding::new(
    "body_rewritten",
    "the body was parsed and written as JSON again (blanks, \\/ or \\uXXXX differ): verify the raw body, before \
     it is parsed",
);
const REORDERED: Finding = Finding::new(
    "body_reordered",
    "the members of the body are in another order than was signed: it was parsed and written again; verify \
     the raw body, before it is parsed",
);
const NULLS: Finding = Finding::new(
    "body_with_nulls",
    "members that are null were added to the body: it was parsed into a type and written again; verify the raw \
     body, before it is parsed",
);
const NUMBERS: Finding = Finding::new(
    "body_numbers",
    "numbers of the body are written in another form than was signed (1.0, \"1\"): it was parsed and written \
     again; verify the raw body, before it is parsed",
);
const PRINTED: Finding = Finding::new(
    "body_printed",
    "the body is a printed dict, with ' for a quotation mark: verify the raw body, before it is parsed",
);
const CUT: Finding = Finding::new(
    "body_cut",
    "the last characters of the body are missing: read as many bytes as Content-Length says, to the end",
);
