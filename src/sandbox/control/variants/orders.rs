//! Bodies that are signed in another order, or with members that are not sent.
//!
//! A serializer that sorts members, or leaves out those that are null, destroys the text that was signed. There are many
//! candidates for it, so they are built last, one at a time, and only in the notation of the body that was sent.

use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::super::diagnosis::Mistake;
use super::bodies::{NULLS_NOT_SENT, REORDERED};
use super::documented::documented;
use crate::schema::Field;
use wechatpay_core::variants::json::rewritten;

/// Objects with more members have too many orders: there are 40,320 of eight.
const ORDERED: usize = 8;
/// Longer objects are searched for fewer members that are null.
const NULLED: usize = 12;

type Visit<'v> = dyn FnMut(&Mistake, &[u8]) -> ControlFlow<()> + 'v;

/// Shows each candidate to `visit` until it breaks.
pub(super) fn candidates(body: &[u8], fields: &[Field], visit: &mut Visit<'_>) -> ControlFlow<()> {
    let Ok(value @ Value::Object(_)) = serde_json::from_slice(body) else {
        return ControlFlow::Continue(());
    };
    let notation = Notation::of(&value, body);
    nulls(&value, fields, &notation, visit)?;
    let ordered = documented(&value, fields);
    for value in [value, ordered] {
        let mut members = notation.members(&value);
        if (2..=ORDERED).contains(&members.len()) {
            let end = members.len();
            permuted(&mut members, end, &mut |members| {
                visit(&REORDERED, notation.joined(members).as_bytes())
            })?;
        }
    }
    ControlFlow::Continue(())
}

/// Shows the bodies with one or two nulls at any place, and with all sets of nulls at the end or as documented.
fn nulls(
    value: &Value,
    fields: &[Field],
    notation: &Notation,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let sent = notation.members(value);
    let missing = fields
        .iter()
        .filter(|field| value.get(field.name()).is_none());
    let missing: Vec<_> = missing.map(Field::name).take(NULLED).collect();
    let mut show = |members: &[String]| visit(&NULLS_NOT_SENT, notation.joined(members).as_bytes());
    for (at, name) in missing.iter().enumerate() {
        for one in with_null(&sent, name, notation) {
            show(&one)?;
            for other in &missing[at + 1..] {
                with_null(&one, other, notation)
                    .iter()
                    .try_for_each(|two| show(two))?;
            }
        }
    }
    for set in 1..1_u32 << missing.len() {
        let chosen = missing.iter().enumerate();
        let chosen = chosen.filter(|(at, _)| set & (1 << at) != 0);
        let mut filled = value.as_object().cloned().unwrap_or_default();
        filled.extend(chosen.map(|(_, name)| ((*name).to_owned(), Value::Null)));
        let filled = Value::Object(filled);
        show(&notation.members(&filled))?;
        show(&notation.members(&documented(&filled, fields)))?;
    }
    ControlFlow::Continue(())
}

/// The members with this one, which is null, at each place.
fn with_null(members: &[String], name: &str, notation: &Notation) -> Vec<Vec<String>> {
    let null = notation.member(name, &Value::Null);
    let places = 0..=members.len();
    places
        .map(|at| {
            let mut more = members.to_vec();
            more.insert(at, null.clone());
            more
        })
        .collect()
}

/// Shows all orders of the first `count` members.
fn permuted(
    members: &mut [String],
    count: usize,
    show: &mut dyn FnMut(&[String]) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if count <= 1 {
        return show(members);
    }
    for at in 0..count {
        members.swap(at, count - 1);
        permuted(members, count - 1, show)?;
        members.swap(at, count - 1);
    }
    ControlFlow::Continue(())
}

/// One of the notations of [`rewritten`]: that of the body, or the compact one.
struct Notation(Option<usize>);

impl Notation {
    fn of(value: &Value, body: &[u8]) -> Self {
        let texts = rewritten(value);
        Self(texts.iter().position(|text| text.as_bytes() == body))
    }

    /// The object in this notation.
    fn object(&self, value: &Value) -> String {
        let mut texts = rewritten(value);
        match self.0 {
            Some(at) => texts.swap_remove(at),
            None => value.to_string(),
        }
    }

    fn member(&self, name: &str, value: &Value) -> String {
        let alone = Map::from_iter([(name.to_owned(), value.clone())]);
        let text = self.object(&alone.into());
        let inner = text.get(1..text.len() - 1).unwrap_or_default();
        inner.trim_end_matches('\n').to_owned()
    }

    fn members(&self, value: &Value) -> Vec<String> {
        let members = value.as_object().into_iter().flatten();
        members
            .map(|(name, value)| self.member(name, value))
            .collect()
    }

    /// The object of these members. Indented members begin with their line break.
    fn joined(&self, members: &[String]) -> String {
        let indented = members.first().is_some_and(|it| it.starts_with('\n'));
        let spaced = self.object(&serde_json::json!([0, 0])).contains(", ");
        let between = if spaced { ", " } else { "," };
        let end = if indented { "\n}" } else { "}" };
        ["{", &members.join(between), end].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_joined_in_each_notation_as_they_were_written() {
        let value = serde_json::json!({"a": {"b": "店/"}, "c": [1, 2], "d": null});
        for text in rewritten(&value) {
            let notation = Notation::of(&value, text.as_bytes());
            assert_eq!(notation.joined(&notation.members(&value)), text);
        }
    }

    #[test]
    fn all_orders_are_shown_once() {
        let mut seen = std::collections::BTreeSet::new();
        let mut members = ["a", "b", "c", "d"].map(str::to_owned);
        let end = members.len();
        let flow = permuted(&mut members, end, &mut |members| {
            assert!(seen.insert(members.concat()));
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        assert_eq!(seen.len(), 24);
    }
}
