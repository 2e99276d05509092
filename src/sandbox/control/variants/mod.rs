//! Texts that clients sign in place of the right one.

mod bodies;
mod documented;
mod layouts;
mod orders;
mod substitutes;
mod targets;
pub(super) mod v2;

use std::ops::ControlFlow;

use serde_json::Value;

use super::diagnosis::Mistake;
use crate::schema::Field;
use layouts::{Layout, layouts, milliseconds};
use targets::{paths, queries};

pub(super) use bodies::FORM;
pub(super) use targets::SLASHES;

/// The parts that a text is built of.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) host: &'a str,
    /// The path template, if the operation is known.
    pub(super) template: Option<&'a str>,
    pub(super) timestamp: i64,
    pub(super) nonce: &'a str,
    pub(super) body: &'a [u8],
    /// The documented members of the body, if the operation is known.
    pub(super) fields: &'a [Field],
    /// The whole body, of which only a part may be signed.
    pub(super) sent: &'a [u8],
    /// The body before its sensitive fields were encrypted.
    pub(super) plain: Option<&'a Value>,
}

/// A variant of a part and its mistake; `None` is the correct text.
type Variant<T> = (Option<Mistake>, T);

/// How many bytes of text are built and hashed for one request at most: a fraction of a second.
const WORK: usize = 64 << 20;

/// The rest of [`WORK`].
struct Budget(usize);

impl Budget {
    fn new() -> Self {
        Self(WORK)
    }

    /// Whether a text of this length may still be built.
    fn spend(&mut self, length: usize) -> bool {
        // Short texts take some time too.
        let length = length.max(256);
        let enough = length <= self.0;
        self.0 = self.0.saturating_sub(length);
        enough
    }
}

/// The distinct variants of a part; the first is the correct one.
struct Variants<T>(Vec<Variant<T>>);

impl<T: PartialEq> Variants<T> {
    fn new(right: T) -> Self {
        Self(vec![(None, right)])
    }

    fn add(&mut self, mistake: &Mistake, other: T) {
        if self.0.iter().all(|(_, known)| *known != other) {
            self.0.push((Some(mistake.clone()), other));
        }
    }
}

/// Builds texts with one change, then with two, until `is_it` returns true. Returns that text and its
/// changes.
pub(super) fn search(
    parts: &Parts<'_>,
    is_it: impl Fn(&[u8]) -> bool,
) -> Option<(Vec<u8>, Vec<Mistake>)> {
    let mut search = Search {
        parts,
        is_it,
        budget: Budget::new(),
        layouts: layouts(parts),
        paths: paths(parts),
        queries: queries(parts),
        bodies: bodies::bodies(parts),
    };
    search
        .changed(1)
        .or_else(|| search.milliseconds(1))
        .or_else(|| search.lines())
        .or_else(|| search.changed(2))
        .or_else(|| search.other_paths())
        .or_else(|| search.other_orders())
        // There are many of these, so they come last.
        .or_else(|| search.milliseconds(usize::MAX))
}

struct Search<'a, F> {
    parts: &'a Parts<'a>,
    is_it: F,
    budget: Budget,
    layouts: Vec<Variant<Layout>>,
    paths: Vec<Variant<String>>,
    queries: Vec<Variant<String>>,
    bodies: Vec<Variant<Vec<u8>>>,
}

type Found = Option<(Vec<u8>, Vec<Mistake>)>;

fn one<T>((mistake, _): &Variant<T>) -> usize {
    usize::from(mistake.is_some())
}

impl<F: Fn(&[u8]) -> bool> Search<'_, F> {
    /// Searches the right text of every other operation.
    fn other_paths(&mut self) -> Found {
        let (layout, query, body) = (&self.layouts[0].1, &self.queries[0].1, &self.bodies[0].1);
        for path in targets::other_operations() {
            let target = [path.as_str(), query].concat();
            if !self.budget.spend(target.len() + body.len()) {
                return None;
            }
            let text = layout.text(self.parts, &target, body);
            if (self.is_it)(&text) {
                return Some((text, vec![targets::path_other(&path)]));
            }
        }
        None
    }

    /// Searches bodies in another order, or with members that are not sent.
    fn other_orders(&mut self) -> Found {
        let (parts, budget, is_it) = (self.parts, &mut self.budget, &self.is_it);
        let layout = &self.layouts[0].1;
        let mut found = None;
        // It breaks when the budget is used up, too.
        let _ = orders::candidates(parts.body, parts.fields, &mut |mistake, body| {
            if !budget.spend(parts.target.len() + body.len()) {
                return ControlFlow::Break(());
            }
            let text = layout.text(parts, parts.target, body);
            if !is_it(&text) {
                return ControlFlow::Continue(());
            }
            found = Some((text, vec![mistake.clone()]));
            ControlFlow::Break(())
        });
        found
    }

    /// Searches texts with this number of changes.
    fn changed(&mut self, wanted: usize) -> Found {
        for layout in &self.layouts {
            for path in &self.paths {
                for query in &self.queries {
                    let count = one(layout) + one(path) + one(query);
                    // Most layouts have too many changes already, so the bodies are not built.
                    if count > wanted || count + 1 < wanted {
                        continue;
                    }
                    let bodies = self.bodies.iter();
                    for body in bodies.filter(|body| count + one(body) == wanted) {
                        let target = [path.1.as_str(), &query.1].concat();
                        let length = target.len() + body.1.len();
                        if !self.budget.spend(length) {
                            return None;
                        }
                        let text = layout.1.text(self.parts, &target, &body.1);
                        if (self.is_it)(&text) {
                            let changes = [&layout.0, &path.0, &query.0, &body.0];
                            return Some((text, changes.into_iter().flatten().cloned().collect()));
                        }
                    }
                }
            }
        }
        None
    }

    /// Searches texts with two changes of the lines.
    fn lines(&mut self) -> Found {
        for (at, one) in self.layouts.iter().enumerate().skip(1) {
            for other in self.layouts.iter().skip(at + 1) {
                if let Some(found) = both(self.parts, &self.is_it, &mut self.budget, [one, other])?
                {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Searches texts whose timestamp is in milliseconds although seconds were sent: a thousand texts, each
    /// combined with one of the first `most` changes of the lines.
    fn milliseconds(&mut self, most: usize) -> Found {
        for other in self.layouts.iter().take(most) {
            for one in milliseconds(self.parts.timestamp) {
                if let Some(found) = both(self.parts, &self.is_it, &mut self.budget, [&one, other])?
                {
                    return Some(found);
                }
            }
        }
        None
    }
}

/// The text with the lines of both; the outer `None` means that the budget is used up.
fn both(
    parts: &Parts<'_>,
    is_it: &impl Fn(&[u8]) -> bool,
    budget: &mut Budget,
    [one, other]: [&Variant<Layout>; 2],
) -> Option<Found> {
    let Some(layout) = one.1.and(&other.1) else {
        return Some(None);
    };
    if !budget.spend(parts.target.len() + parts.body.len()) {
        return None;
    }
    let text = layout.text(parts, parts.target, parts.body);
    let changes = || [&one.0, &other.0].into_iter().flatten().cloned().collect();
    Some((is_it)(&text).then(|| (text, changes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(target: &'a str, body: &'a str) -> Parts<'a> {
        Parts {
            method: "POST",
            target,
            host: "127.0.0.1:80",
            template: Some("v3/{b}"),
            timestamp: 1,
            nonce: "n",
            body: body.as_bytes(),
            sent: body.as_bytes(),
            fields: &[],
            plain: None,
        }
    }

    fn found(target: &str, body: &str, signed: &str) -> Vec<&'static str> {
        let (text, said) = search(&parts(target, body), |text| text == signed.as_bytes()).unwrap();
        assert_eq!(text, signed.as_bytes());
        said.into_iter().map(|mistake| mistake.cause).collect()
    }

    #[test]
    fn mistakes_in_the_query_are_found() {
        let target = "/v3/a?x=%E5%BA%97+1&b=2&c=";
        for (query, cause) in [
            ("", "query_missing"),
            ("?b=2&x=%E5%BA%97+1&c=", "query_reordered"),
            ("?x=店 1&b=2&c=", "query_decoded"),
            ("?x=%E5%BA%97%201&b=2&c=", "query_encoded"),
            ("?x=%e5%ba%97%201&b=2&c=", "query_encoded"),
            ("?x=%E5%BA%97+1&b=2", "query_without_empty"),
        ] {
            let said = found(target, "", &format!("POST\n/v3/a{query}\n1\nn\n\n"));
            assert_eq!(said, [cause], "{query}");
        }
    }

    #[test]
    fn two_mistakes_are_found_and_correct_texts_have_none() {
        let body = "{\"a\": 1}";
        for (signed, causes) in [
            (
                "POST\n/v3/a\n1\nn\n{\"a\":1}\n",
                ["query_missing", "body_rewritten"],
            ),
            (
                "post\nv3/a?b=1\n1\nn\n{\"a\": 1}\n",
                ["method_lower_case", "leading_slash_missing"],
            ),
            (
                "POST\nv3/a\n1\nn\n{\"a\": 1}\n",
                ["leading_slash_missing", "query_missing"],
            ),
            (
                "post\n/v3/a?b=1\n1\nn\n{\"a\": 1}",
                ["last_line_break_missing", "method_lower_case"],
            ),
            (
                "POST\n/v3/a?b=1\n1007\nn\n{\"a\": 1}",
                ["timestamp_unit", "last_line_break_missing"],
            ),
            (
                "POST\n/v3/a?b=1\nN\n1\n{\"a\": 1}\n",
                ["nonce_before_timestamp", "nonce_case"],
            ),
        ] {
            assert_eq!(found("/v3/a?b=1", body, signed), causes);
        }
        assert!(search(&parts("/v3/a", "{}"), |_| false).is_none());
    }

    #[test]
    fn the_work_for_one_request_is_bounded() {
        let body = serde_json::json!({"a": "/店".repeat(50_000), "b": null}).to_string();
        let bytes = std::cell::Cell::new(0);
        let parts = parts("/v3/a/b?x=1&y=2&z=3&w=4", &body);
        let found = search(&parts, |text| {
            bytes.set(bytes.get() + text.len());
            false
        });
        assert!(found.is_none());
        // The lines of each text are not counted.
        assert!(bytes.get() < WORK + WORK / 8, "{}", bytes.get());
    }
}
