//! WeChat Pay's operations and the attributes that change how they are called: sensitive fields, paddings,
//! unsigned answers, hosts.
//!
//! An operation that is missing here can still be called; it gets no special treatment.
//! Sources: the public documentation and the official SDKs.
//!
//! To change a fact about an operation, for example which fields are encrypted, add a line to `corrections.jsonl`
//! and run `regenerate.py`, which writes `table.rs`. `regenerate_answers.py` and `regenerate_limits.py` write the
//! other tables.

mod answers;
#[cfg(test)]
mod answers_tests;
mod attribute;
mod kinds;
mod limits;
mod numbered;
mod operation;
mod rate;
mod similar;
mod table;
#[cfg(test)]
mod tests;
mod unlisted;

use std::cmp::Ordering;

use http::Method;

pub use kinds::{AnswerKind, AnswerSignature, BodyKind};
pub use numbered::{Amount, Carried, Close, MerchantNumber, NOT_FOUND, NUMBER_USED};
pub use operation::Operation;
pub use rate::RateLimit;
pub use similar::similar;
#[doc(hidden)]
pub use unlisted::{Unlisted, unlisted};

use attribute::Verb;

/// Finds the operation of a method and path.
///
/// The path may be a template with variables of any name, or a percent-encoded path as
/// it is sent. A leading slash is optional, APIv2 paths begin with `v2/`, and there is no query.
/// A literal segment takes precedence over a variable, and an empty segment matches no variable. A trailing
/// slash is significant; a segment `{empty}` may stand for it, as in the PHP SDK's documentation.
///
/// ```
/// use http::Method;
/// use wechatpay_chain::catalog;
///
/// let op = catalog::find(&Method::POST, "v3/aggracct-bc/wb-channel/control-orders/punish").unwrap();
/// assert_eq!(op.encrypt(), ["/bal_account_no", "/card_no"]);
///
/// let template = catalog::find(&Method::GET, "v3/pay/transactions/id/{id}").unwrap();
/// let concrete = catalog::find(&Method::GET, "/v3/pay/transactions/id/1217752501").unwrap();
/// assert_eq!(template.path(), "v3/pay/transactions/id/{transaction_id}");
/// assert!(std::ptr::eq(template, concrete));
///
/// assert!(catalog::find(&Method::GET, "v3/not/known").is_none());
/// ```
///
/// It allocates nothing and takes well under a microsecond.
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    let verb = Verb::of(method)?;
    let path = path.strip_prefix('/').unwrap_or(path);
    let rows = table::OPERATIONS;
    // The table's own spelling is the common case and needs only one search.
    exact(rows, 0, path, verb).or_else(|| descend(rows, 0, path, verb))
}

/// Returns all operations, sorted by path, then method.
#[must_use]
pub fn operations() -> &'static [Operation] {
    table::OPERATIONS
}

/// Searches for a path's remaining segments among rows that share their first `at` bytes.
///
/// It backtracks, but not deeply: no row has more than a dozen segments, and rows with the same
/// bytes before a variable have at most a few different names for it.
fn descend(rows: Rows, at: usize, path: &str, verb: Verb) -> Option<&'static Operation> {
    let (segment, rest) = match path.split_once('/') {
        Some((segment, rest)) => (segment, Some(rest)),
        None => (path, None),
    };
    let literal = if segment == "{empty}" { "" } else { segment };
    step(rows, at, literal, rest, verb).or_else(|| variable(rows, at, segment, rest, verb))
}

/// Tries each variable that the rows have at this position.
fn variable(
    rows: Rows,
    at: usize,
    segment: &str,
    rest: Option<&str>,
    verb: Verb,
) -> Option<&'static Operation> {
    if segment.is_empty() {
        return None;
    }
    // A brace sorts after all characters of literal segments.
    let mut rows = &rows[rows.partition_point(|row| tail(row, at) < "{")..];
    while let Some(first) = rows.first() {
        let name = head(first, at);
        if let Some(found) = step(rows, at, name, rest, verb) {
            return Some(found);
        }
        rows = &rows[rows.partition_point(|row| head(row, at) == name)..];
    }
    None
}

/// Continues below the rows' segment with exactly this text.
fn step(
    rows: Rows,
    at: usize,
    segment: &str,
    rest: Option<&str>,
    verb: Verb,
) -> Option<&'static Operation> {
    let Some(rest) = rest else {
        return exact(rows, at, segment, verb);
    };
    let rows = below(rows, at, segment);
    if rows.is_empty() {
        return None;
    }
    descend(rows, at + segment.len() + 1, rest, verb)
}

/// Returns the row that ends in exactly this text.
fn exact(rows: Rows, at: usize, end: &str, verb: Verb) -> Option<&'static Operation> {
    let order = |row: &Operation| tail(row, at).cmp(end).then(row.verb.cmp(&verb));
    let found = rows.binary_search_by(order).ok()?;
    rows.get(found)
}

/// Returns the rows that continue with this segment and a slash.
fn below(rows: Rows, at: usize, segment: &str) -> Rows {
    let start = rows.partition_point(|row| order(tail(row, at), segment) == Ordering::Less);
    let rows = &rows[start..];
    &rows[..rows.partition_point(|row| order(tail(row, at), segment) == Ordering::Equal)]
}

/// Compares a row's text with all texts that begin with `segment` and a slash.
fn order(text: &str, segment: &str) -> Ordering {
    let (text, segment) = (text.as_bytes(), segment.as_bytes());
    match text.split_at_checked(segment.len()) {
        Some((head, rest)) => head
            .cmp(segment)
            .then_with(|| rest.first().cmp(&Some(&b'/'))),
        None => text.cmp(segment),
    }
}

fn head(row: &Operation, at: usize) -> &'static str {
    let tail = tail(row, at);
    tail.split_once('/').map_or(tail, |(head, _)| head)
}

fn tail(row: &Operation, at: usize) -> &'static str {
    row.path.get(at..).unwrap_or_default()
}

type Rows = &'static [Operation];
