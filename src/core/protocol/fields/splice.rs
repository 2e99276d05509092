//! Replaces texts in JSON and keeps every other byte.
//!
//! Parsing and serialising would change the digits of large numbers and `1.00`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{split, unescape};

/// Texts to put into a JSON text, each with the JSON pointer (without `*`) to its place.
#[derive(Default)]
pub struct Edits(Vec<(String, String)>);

impl Edits {
    pub(super) fn add(&mut self, pointer: &str, text: &str) {
        self.0.push((pointer.to_owned(), text.to_owned()));
    }

    pub(super) fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// Returns the JSON with the edits made; `None` if it is not JSON. `at` is the pointer to the JSON itself,
    /// which all edits begin with.
    ///
    /// A pointer that reaches a text before its end continues in the JSON inside the text. If a
    /// key occurs twice in an object, all its values are changed.
    pub fn applied(&self, json: &str, at: &str) -> Option<String> {
        let mut root = Place::default();
        for (pointer, text) in &self.0 {
            root.add(pointer.strip_prefix(at)?, text);
        }
        let mut out = String::with_capacity(json.len());
        root.write(json, &mut out)?;
        Some(out)
    }
}

/// The edits at a place of the JSON and below it.
#[derive(Default)]
struct Place<'e> {
    text: Option<&'e str>,
    below: BTreeMap<Cow<'e, str>, Self>,
}

impl<'e> Place<'e> {
    fn add(&mut self, pointer: &'e str, text: &'e str) {
        match split(pointer) {
            Some((token, rest)) => {
                let below = self.below.entry(unescape(token)).or_default();
                below.add(rest, text);
            }
            None => self.text = Some(text),
        }
    }

    fn write(&self, json: &str, out: &mut String) -> Option<()> {
        if let Some(text) = self.text {
            out.push_str(&serde_json::to_string(text).ok()?);
            return Some(());
        }
        match json.trim_ascii_start().bytes().next()? {
            b'{' => self.parts(json, members(json)?, out),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| (index.to_string().into(), item));
                self.parts(json, items, out)
            }
            b'"' => {
                let inner: Cow<'_, str> = serde_json::from_str(json).ok()?;
                let mut new = String::with_capacity(inner.len());
                self.write(&inner, &mut new)?;
                out.push_str(&serde_json::to_string(&new).ok()?);
                Some(())
            }
            _ => {
                out.push_str(json);
                Some(())
            }
        }
    }

    /// Writes an object or array, and copies the bytes between its values.
    fn parts<'j>(
        &self,
        json: &'j str,
        parts: impl IntoIterator<Item = (Cow<'j, str>, &'j RawValue)>,
        out: &mut String,
    ) -> Option<()> {
        let mut written = 0;
        for (token, value) in parts {
            let Some(place) = self.below.get(&token) else {
                continue;
            };
            let value = value.get();
            let start = value.as_ptr().addr().checked_sub(json.as_ptr().addr())?;
            out.push_str(json.get(written..start)?);
            place.write(value, out)?;
            written = start + value.len();
        }
        out.push_str(json.get(written..)?);
        Some(())
    }
}

/// Returns the members of an object in order, including duplicates.
fn members(json: &str) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.deserialize_map(Members).ok()
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some((key, value)) = members.next_entry::<String, _>()? {
            all.push((Cow::Owned(key), value));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(json: &str, edits: &[(&str, &str)]) -> Option<String> {
        let mut all = Edits::default();
        edits
            .iter()
            .for_each(|(pointer, text)| all.add(pointer, text));
        all.applied(json, "")
    }

    #[test]
    fn everything_except_the_texts_is_unchanged() {
        let json = r#" { "n" : 1.00,"a":[ {"t":"x" , "e":1e2}, -0 ], "m~/":"\u4e2d","big":123456789012345678901234567890 } "#;
        assert_eq!(spliced(json, &[]).as_deref(), Some(json));
        assert_eq!(spliced(json, &[("/absent/x", "y")]).as_deref(), Some(json));
        let new = spliced(json, &[("/a/0/t", "\"\n"), ("/m~0~1", "z")]).unwrap();
        let expected = json.replace("\"x\"", r#""\"\n""#).replace(r"\u4e2d", "z");
        assert_eq!(new, expected);
    }

    #[test]
    fn json_inside_texts_is_visited() {
        let json = r#"{"meta":"{ \"a\" : [\"x\"], \"n\":1.00}"}"#;
        let new = spliced(json, &[("/meta/a/0", "y")]).unwrap();
        assert_eq!(new, json.replace("[\\\"x\\\"]", "[\\\"y\\\"]"));
    }

    #[test]
    fn every_value_of_a_key_is_changed() {
        let json = r#"{"a":"1","b":{"a":"2"},"a":"3"}"#;
        let new = spliced(json, &[("/a", "x")]).unwrap();
        assert_eq!(new, r#"{"a":"x","b":{"a":"2"},"a":"x"}"#);
    }

    #[test]
    fn invalid_json_gives_none() {
        for json in ["", " ", "{", "{\"a\":}", "[1,", "\"", "{\"a\":1"] {
            assert_eq!(spliced(json, &[("/a", "x")]), None, "{json}");
        }
    }
}
