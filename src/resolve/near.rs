//! Recognises paths that are similar to those of operations with sensitive fields.
//!
//! A path that the catalog does not know is sent, so that new operations can be called. A path that
//! differs from a sensitive operation's path only in its spelling is rejected: its fields would be sent as
//! plaintext, and WeChat Pay would answer 404 at best.

use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;
use wechatpay_chain_path::PathError;

use super::{Found, Paths};
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The request that a call would send.
pub(super) struct Attempted<'a> {
    pub(super) method: &'a Method,
    pub(super) paths: &'a Paths<'a>,
    /// Whether there is a body or query parameters; without either, another method cannot reveal anything.
    pub(super) has_content: bool,
}

/// Rejects a path that is nearly a sensitive operation's.
///
/// # Errors
///
/// [`ErrorKind::Path`] with [`PathError::NearMiss`], which names that operation.
pub(super) fn check(sent: &Attempted<'_>, found: Option<Found>) -> Result<()> {
    let mut paths = sent.paths.each();
    let nearest = match found {
        Some(found) if found.by_template || !found.operation.path().contains('{') => None,
        Some(_) if !sent.has_content => None,
        Some(found) => paths.find_map(|path| taken_for_a_value(path, found.operation)),
        None => paths.find_map(|path| nearest(sent, path)),
    };
    nearest.map_or(Ok(()), |operation| Err(near_miss(operation)))
}

/// Finds a sensitive operation with a literal where the found operation has a variable:
/// `GET v3/offlineface/contracts/presign` is not a query of the contract "presign".
fn taken_for_a_value(path: &str, found: &Operation) -> Option<&'static Operation> {
    let readings = readings(path);
    let mistaken = |form: &&Form| {
        let mut both = form
            .operation
            .path()
            .split('/')
            .zip(found.path().split('/'));
        form.in_request
            && both.any(|(literal, variable)| !is_variable(literal) && is_variable(variable))
            && readings
                .iter()
                .any(|reading| form.compare(reading) == Some(Likeness::Spelling))
    };
    FORMS.iter().find(mistaken).map(|form| form.operation)
}

/// Returns the most similar sensitive operation.
fn nearest(sent: &Attempted<'_>, path: &str) -> Option<&'static Operation> {
    let readings = readings(path);
    let documented = METHODS
        .iter()
        .any(|method| catalog::find(method, path).is_some());
    let likeness = |form: &'static Form| {
        let same_method = form.operation.method() == *sent.method;
        let likeness = readings
            .iter()
            .filter_map(|reading| form.compare(reading))
            .min()?;
        let is_mistake = same_method || form.in_request && sent.has_content;
        let near = match likeness {
            Likeness::Spelling => is_mistake,
            Likeness::Prefix => is_mistake && form.in_request && !documented,
        };
        near.then_some(((likeness, !same_method), form.operation))
    };
    let nearest = FORMS
        .iter()
        .filter_map(likeness)
        .min_by_key(|(key, _)| *key);
    nearest.map(|(_, operation)| operation)
}

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

fn near_miss(operation: &Operation) -> Error {
    let (method, path) = (operation.method(), operation.path());
    Error::new(
        ErrorKind::Path,
        format!(
            "the call is nearly {method} {path}, and its sensitive fields would not be encrypted; \
             nothing was sent: write that method and path; if another operation is meant, say with \
             .encrypt(..) and .fields(FieldPolicy::Named) which fields are sensitive, or with \
             .fields(FieldPolicy::Off) that none is"
        ),
    )
    .with_source(PathError::NearMiss {
        method: method.to_string(),
        path: path.to_owned(),
    })
}

/// The similarity of two paths; the first variant is the most similar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// Differs in case, escapes, slashes, parameters, punctuation, lookalike characters, or the version.
    Spelling,
    /// As `Spelling`, with additional leading segments.
    Prefix,
}

/// Stands where the paths of merchants have a version.
const BRAND: &str = "brand";

/// A sensitive operation's path, prepared for comparison.
struct Form {
    operation: &'static Operation,
    /// Whether request fields are sensitive, not only fields of the answer.
    in_request: bool,
    /// The segments before and after the version.
    lead: Vec<Pattern>,
    core: Vec<Pattern>,
    /// The whole path, with and without the version.
    whole: [Glued; 2],
}

/// Joined segments, and their number.
struct Glued {
    pattern: Pattern,
    segments: usize,
}

/// A segment of a path, folded.
type Pattern = Vec<Token>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    /// The first character of a variable's value, and the characters after it.
    Value,
    Rest,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let all = catalog::operations().iter();
    all.filter(|operation| in_request(operation) || !operation.decrypt().is_empty())
        .map(Form::new)
        .collect()
});

fn in_request(operation: &Operation) -> bool {
    [
        operation.encrypt(),
        operation.encrypt_if_flagged(),
        operation.encrypt_bank(),
        operation.query_encrypt(),
    ]
    .iter()
    .any(|list| !list.is_empty())
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{')
}

fn pattern(segment: &str) -> Pattern {
    if is_variable(segment) {
        vec![Token::Value, Token::Rest]
    } else {
        fold(segment).chars().map(Token::Char).collect()
    }
}

impl Form {
    fn new(operation: &'static Operation) -> Self {
        let segments = operation.path().split('/').filter(|text| !text.is_empty());
        let segments: Vec<_> = segments.collect();
        let version = segments.iter().position(|text| is_version(text));
        let version = version.or(operation.is_brand().then_some(0));
        let (lead, core) = segments.split_at(version.map_or(0, |at| at + 1));
        let patterns = |segments: &[&str]| segments.iter().map(|text| pattern(text)).collect();
        let core: Vec<_> = patterns(core);
        let mut lead: Vec<_> = patterns(lead);
        let glued = |lead: &[Pattern]| Glued {
            pattern: [lead.concat(), core.concat()].concat(),
            segments: lead.len() + core.len(),
        };
        let whole = glued(&lead);
        lead.pop();
        Self {
            operation,
            in_request: in_request(operation),
            whole: [whole, glued(&lead)],
            lead,
            core,
        }
    }

    fn compare(&self, reading: &Reading) -> Option<Likeness> {
        let path = &reading.segments;
        // A slash may be missing, extra, or in another place.
        let is_glued = |own: &Glued| {
            path.len().abs_diff(own.segments) <= 1 && spells(&reading.joined, &own.pattern)
        };
        if self.whole.iter().any(is_glued) {
            return Some(Likeness::Spelling);
        }
        let (lead, tail) = path.split_at(path.len().checked_sub(self.core.len())?);
        if !all_spell(tail, &self.core) {
            return None;
        }
        let names: Vec<_> = lead
            .iter()
            .filter(|text| !is_version(text) && *text != BRAND)
            .cloned()
            .collect();
        if names.is_empty() || all_spell(&names, &self.lead) {
            return Some(Likeness::Spelling);
        }
        let versioned = lead.last().is_some_and(|text| is_version(text));
        (versioned || self.core.len() > 1).then_some(Likeness::Prefix)
    }
}

fn all_spell(path: &[String], own: &[Pattern]) -> bool {
    let mut both = path.iter().zip(own);
    path.len() == own.len() && both.all(|(text, pattern)| spells(text, pattern))
}

/// A possible reading of a path by a server.
#[derive(PartialEq)]
struct Reading {
    segments: Vec<String>,
    joined: String,
}

/// Reads an escaped slash both as a slash and as a character.
fn readings(path: &str) -> Vec<Reading> {
    let whole = decoded(path).replace('\\', "/");
    let whole = whole.split(['?', '#']).next().unwrap_or_default();
    let both = [
        segments(whole.split('/').map(str::to_owned)),
        segments(path.split('/').map(decoded)),
    ];
    let mut readings = Vec::from(both.map(|segments| Reading {
        joined: segments.join("/"),
        segments,
    }));
    readings.dedup();
    readings
}

/// Folds the segments and drops empty and dot segments.
fn segments(parts: impl Iterator<Item = String>) -> Vec<String> {
    let mut segments = Vec::new();
    for part in parts {
        match part.split(CUT).next().unwrap_or_default().trim() {
            ".." => drop(segments.pop()),
            "" | "." => {}
            text => match fold(text) {
                text if text.is_empty() => segments.push(char::REPLACEMENT_CHARACTER.into()),
                text => segments.push(text),
            },
        }
    }
    segments
}

/// Characters that are in no literal and often follow one: parameters, a query.
const CUT: [char; 7] = [';', '?', '#', '&', ',', '=', ':'];

/// Decodes percent-encoding repeatedly.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_ESCAPES {
        let once = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if once == text {
            break;
        }
        text = once;
    }
    text
}

const MAX_ESCAPES: usize = 8;

/// Returns letters and digits in lower case, full-width ones as ASCII, and all other non-ASCII characters.
fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_ascii_alphanumeric() || !c.is_ascii())
        .collect()
}

/// Whether a segment is a version such as `v3`.
fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether a character may look like a letter, or be invisible: any non-ASCII character outside the scripts
/// of East Asia.
fn may_deceive(c: char) -> bool {
    let east_asian = matches!(u32::from(c), 0x2e80..=0xa4cf | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff);
    !c.is_ascii() && !east_asian
}

/// Whether a folded text matches a pattern or resembles it.
///
/// A character that [may deceive](may_deceive) matches none, one or two letters. Slashes are
/// skipped, but a value ends at a slash.
fn spells(text: &str, pattern: &[Token]) -> bool {
    // The possible positions in the pattern: nearly always one.
    let mut places = vec![0];
    let mut next = Vec::new();
    for c in text.chars() {
        for place in places.drain(..) {
            let steps = match pattern.get(place) {
                Some(Token::Rest) if c == '/' => continue,
                Some(Token::Rest) => 0..=0,
                _ if c == '/' => 0..=0,
                _ if may_deceive(c) => 0..=2,
                Some(Token::Value) => 1..=1,
                Some(Token::Char(own)) if *own == c => 1..=1,
                _ => continue,
            };
            for step in steps {
                next.push(place + step);
                // A value may end at any character.
                if pattern.get(place + step) == Some(&Token::Rest) {
                    next.push(place + step + 1);
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return false;
        }
        std::mem::swap(&mut places, &mut next);
    }
    places.contains(&pattern.len())
}

#[cfg(test)]
mod tests;
