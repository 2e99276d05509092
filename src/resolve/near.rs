//! Paths that are nearly those of operations with sensitive fields.
//!
//! A path that the catalogue does not have is sent, so that new operations can be called. One that
//! differs from a sensitive operation's in its spelling alone is refused: its fields would go out in
//! the clear, and WeChat Pay would answer 404 at best.

use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;
use wechatpay_chain_path::PathError;

use super::{Found, Paths};
use crate::catalog::{self, Operation};
use crate::error::{Error, ErrorKind, Result};

/// Refuses a path that is nearly a sensitive operation's.
///
/// # Errors
///
/// [`ErrorKind::Path`] with [`PathError::NearMiss`], which names that operation.
pub(super) fn check(method: &Method, sent: &Paths<'_>, found: Option<Found>) -> Result<()> {
    let nearest = match found {
        Some(found) if found.by_template || !found.operation.path().contains('{') => None,
        Some(found) => sent
            .each()
            .find_map(|path| taken_for_a_value(path, found.operation)),
        None => sent.each().find_map(|path| nearest(method, path)),
    };
    nearest.map_or(Ok(()), |operation| Err(near_miss(operation)))
}

/// A sensitive operation's literal in the place of a variable of the one that was found:
/// `GET v3/offlineface/contracts/presign` is no query of the contract "presign".
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

/// The most alike of the sensitive operations.
fn nearest(method: &Method, path: &str) -> Option<&'static Operation> {
    let readings = readings(path);
    let documented = METHODS
        .iter()
        .any(|method| catalog::find(method, path).is_some());
    let likeness = |form: &'static Form| {
        let same_method = form.operation.method() == *method;
        let likeness = readings
            .iter()
            .filter_map(|reading| form.compare(reading))
            .min()?;
        let near = match likeness {
            Likeness::Spelling => form.in_request || same_method,
            Likeness::Prefix => form.in_request && !documented,
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

/// How a path is like an operation's; the first is the most alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// Case, escapes, slashes, parameters, punctuation, look-alikes, or another version in front.
    Spelling,
    /// As `Spelling`, with more in front.
    Prefix,
}

/// A sensitive operation's path, to be compared with.
struct Form {
    operation: &'static Operation,
    /// Fields of the request are sensitive, not only of the answer.
    in_request: bool,
    /// What stands before and after the version; `None` for a variable.
    lead: Vec<Option<String>>,
    core: Vec<Option<String>>,
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
        operation.encrypt_when_asked(),
        operation.encrypt_bank(),
        operation.query_encrypt(),
    ]
    .iter()
    .any(|list| !list.is_empty())
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{')
}

impl Form {
    fn new(operation: &'static Operation) -> Self {
        let segments = operation.path().split('/').filter(|text| !text.is_empty());
        let mut lead: Vec<_> = segments
            .map(|text| (!is_variable(text)).then(|| fold(text)))
            .collect();
        let version = lead
            .iter()
            .position(|text| text.as_deref().is_some_and(is_version));
        let core = lead.split_off(version.map_or(0, |at| at + 1));
        lead.pop();
        Self {
            operation,
            in_request: in_request(operation),
            lead,
            core,
        }
    }

    fn compare(&self, path: &[String]) -> Option<Likeness> {
        if let Some(at) = path.len().checked_sub(self.core.len())
            && let (lead, tail) = path.split_at(at)
            && self.spells(tail)
        {
            let whole = lead.iter().all(|text| is_version(text)) || self.has_lead(lead);
            let versioned = lead.last().is_some_and(|text| is_version(text));
            if whole {
                return Some(Likeness::Spelling);
            }
            return (versioned || self.core.len() > 1).then_some(Likeness::Prefix);
        }
        // A slash that is missing, or in another place.
        let path = path.iter().skip_while(|text| is_version(text));
        let joined: String = path.map(String::as_str).collect();
        let literals: Option<String> = self.core.iter().map(Option::as_deref).collect();
        spells(&joined, &literals?).then_some(Likeness::Spelling)
    }

    /// Whether `hk` and its like stand before the version.
    fn has_lead(&self, lead: &[String]) -> bool {
        let names = lead.iter().filter(|text| !is_version(text));
        names
            .map(|text| Some(text.as_str()))
            .eq(self.lead.iter().map(Option::as_deref))
    }

    fn spells(&self, path: &[String]) -> bool {
        let mut both = path.iter().zip(&self.core);
        both.all(|(text, literal)| {
            literal
                .as_deref()
                .is_none_or(|literal| spells(text, literal))
        })
    }
}

/// A path's segments as servers may read them: an escaped slash as a slash, and as a character.
fn readings(path: &str) -> [Vec<String>; 2] {
    let whole = decoded(path).replace('\\', "/");
    let whole = whole.split(['?', '#']).next().unwrap_or_default();
    [
        segments(whole.split('/').map(str::to_owned)),
        segments(path.split('/').map(decoded)),
    ]
}

/// Folded, without empty segments and steps.
fn segments(parts: impl Iterator<Item = String>) -> Vec<String> {
    let mut segments = Vec::new();
    for part in parts {
        match part.split(CUT).next().unwrap_or_default().trim() {
            ".." => drop(segments.pop()),
            "" | "." => {}
            text => segments.push(fold(text)),
        }
    }
    segments
}

/// What no literal holds, and what often follows one: parameters, a query.
const CUT: [char; 7] = [';', '?', '#', '&', ',', '=', ':'];

/// Of escaped escapes, too.
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

/// Letters and digits in lower case, full-width ones as their own, and whatever is not ASCII.
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

/// `v3`.
fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A character that may look like a letter, or be invisible: any that is not ASCII, but for the scripts
/// of East Asia.
fn may_deceive(c: char) -> bool {
    let east_asian = matches!(u32::from(c), 0x2e80..=0xa4cf | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff);
    !c.is_ascii() && !east_asian
}

/// Whether a folded text is a folded literal, or looks like it: a character that
/// [may deceive](may_deceive) stands for none, one or two letters.
fn spells(text: &str, literal: &str) -> bool {
    let literal = literal.as_bytes();
    // Where in the literal the text may be.
    let mut at = vec![false; literal.len() + 1];
    at[0] = true;
    for c in text.chars() {
        let mut next = vec![false; at.len()];
        for place in (0..at.len()).filter(|place| at[*place]) {
            if may_deceive(c) {
                next.iter_mut()
                    .skip(place)
                    .take(3)
                    .for_each(|next| *next = true);
            } else if literal.get(place).map(|byte| char::from(*byte)) == Some(c) {
                next[place + 1] = true;
            }
        }
        at = next;
        if !at.contains(&true) {
            return false;
        }
    }
    at.last() == Some(&true)
}

#[cfg(test)]
mod tests;
