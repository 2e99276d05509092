//! Finds the sensitive fields of a body or query and lets the caller replace their texts.
//!
//! The catalog and the caller decide which fields; the closure decides how they are encrypted.

mod doubles;
mod splice;

use std::borrow::Cow;
use std::mem;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

pub use self::doubles::check_keys;
pub use self::splice::Edits;
use crate::error::{Error, ErrorKind, Result};
use crate::percent;

/// Called with the pointer (without `*`) and the text of a field; returns the replacement, or `None` to keep the text.
pub type Visit<'a> = dyn FnMut(&str, &str) -> Result<Option<String>> + 'a;

/// The sensitive fields of a JSON body.
///
/// Pointers are those of RFC 6901, with `*` for every item of an array. A pointer that reaches a
/// text before its end continues in the JSON inside the text.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    kind: ErrorKind,
    if_flagged: &'a [&'a str],
}

impl<'a> Fields<'a> {
    /// The fields of a request; below the pointers `if_flagged`, only those of items whose `need_encrypt` is true.
    pub fn of_request(if_flagged: &'a [&'a str]) -> Self {
        let kind = ErrorKind::Encrypt;
        Self { kind, if_flagged }
    }

    /// The fields of a response.
    pub fn of_answer() -> Self {
        let kind = ErrorKind::Decrypt;
        Self {
            kind,
            if_flagged: &[],
        }
    }

    /// Lets `visit` replace the texts at a pointer; returns whether the pointer matched any.
    ///
    /// Absent members, null and empty texts are skipped. In JSON inside a text, only the texts
    /// that were replaced change: numbers keep their digits.
    ///
    /// # Errors
    ///
    /// An error that names the pointer and never a value: the body's structure differs from the pointer,
    /// the field is not a text, a text on the path contains no JSON, the pointer is malformed, or `visit` fails.
    pub fn rewrite(&self, value: &mut Value, pointer: &str, visit: &mut Visit<'_>) -> Result<bool> {
        let mut leaf = self.replace(visit);
        self.walk(value, pointer, &mut leaf, &mut None)
    }

    /// Works as [`rewrite`](Self::rewrite), and records the replacements, so that the JSON text that the value was
    /// read from can be changed too.
    ///
    /// # Errors
    ///
    /// The errors of [`rewrite`](Self::rewrite).
    pub fn rewrite_noting(
        &self,
        value: &mut Value,
        pointer: &str,
        visit: &mut Visit<'_>,
        edits: &mut Edits,
    ) -> Result<bool> {
        let mut noted = Some(mem::take(edits));
        let reached = self.walk(value, pointer, &mut self.replace(visit), &mut noted);
        *edits = noted.unwrap_or_default();
        reached
    }

    fn replace<'v>(
        &'v self,
        visit: &'v mut Visit<'_>,
    ) -> impl FnMut(&str, &mut Value) -> Result<bool> + 'v {
        |at, value| match value {
            Value::Null => Ok(false),
            Value::String(text) if text.is_empty() => Ok(false),
            Value::String(text) => Ok(visit(at, text)?.map(|new| *text = new).is_some()),
            other => Err(self.not_a_text(at, other)),
        }
    }

    /// Returns the places of all items below `if_flagged` whose `need_encrypt` is true.
    ///
    /// The documentation does not say which member of such an item has the content. Unless the caller names the member,
    /// it would be sent unencrypted.
    ///
    /// # Errors
    ///
    /// The errors of [`rewrite`](Self::rewrite).
    pub fn flagged(&self, value: &mut Value) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for pointer in self.if_flagged {
            let mut leaf = |at: &str, item: &mut Value| {
                if is_flagged(item) {
                    found.push(at.to_owned());
                }
                Ok(false)
            };
            self.walk(value, pointer, &mut leaf, &mut None)?;
        }
        Ok(found)
    }

    fn walk(
        &self,
        value: &mut Value,
        pointer: &str,
        leaf: &mut Leaf<'_>,
        edits: &mut Option<Edits>,
    ) -> Result<bool> {
        check(pointer).map_err(|why| Error::new(self.kind, why))?;
        let here = String::new();
        let mut walk = Walk {
            fields: self,
            pointer,
            here,
            leaf,
            edits,
            reached: false,
        };
        walk.at(value, pointer)?;
        Ok(walk.reached)
    }

    fn not_a_text(&self, at: &str, found: &Value) -> Error {
        let found = kind_of(found);
        let message = match self.kind {
            ErrorKind::Decrypt => {
                format!("the field {at} cannot be decrypted: it is {found}, not a text")
            }
            _ => {
                format!("the field {at} cannot be encrypted: it is {found}; give it as a JSON text")
            }
        };
        Error::new(self.kind, message)
    }
}

/// Checks that a pointer is well formed; the error is a sentence.
pub fn check(pointer: &str) -> Result<(), String> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(format!(
            "the JSON pointer {pointer:?} must begin with a slash, as in \"/payer/name\""
        ));
    }
    // Setting up a character search costs more than this scan.
    if !pointer.as_bytes().contains(&b'~') {
        return Ok(());
    }
    let mut escapes = pointer.split('~').skip(1);
    if escapes.any(|after| !after.starts_with(['0', '1'])) {
        return Err(format!(
            "in the JSON pointer {pointer:?}, write ~0 for a tilde and ~1 for a slash in a name"
        ));
    }
    Ok(())
}

/// The action at the pointer's end; returns whether something changed.
type Leaf<'a> = dyn FnMut(&str, &mut Value) -> Result<bool> + 'a;

struct Walk<'a, 'l> {
    fields: &'a Fields<'a>,
    pointer: &'a str,
    /// The pointer to the current position, with item numbers in place of `*`.
    here: String,
    leaf: &'a mut Leaf<'l>,
    /// The replacements, if a text has to be changed accordingly.
    edits: &'a mut Option<Edits>,
    /// Whether the pointer matched the body: it reached its end, or an empty list.
    reached: bool,
}

impl Walk<'_, '_> {
    /// Walks from a value along the rest of the pointer; returns whether something changed.
    fn at(&mut self, value: &mut Value, rest: &str) -> Result<bool> {
        let Some((token, below)) = split(rest) else {
            self.reached = true;
            let changed = (self.leaf)(&self.here, value)?;
            if let (true, Some(edits), Value::String(new)) = (changed, &mut *self.edits, value) {
                edits.add(&self.here, new);
            }
            return Ok(changed);
        };
        if let Value::String(text) = value {
            return self.inside(text, rest);
        }
        if !self.wanted(value, rest) {
            self.reached = true;
            return Ok(false);
        }
        match (token, value) {
            (_, Value::Null) => Ok(false),
            ("*", Value::Array(items)) => self.items(items, below),
            ("*", other) => Err(self.mismatch("an array", other)),
            (name, Value::Object(members)) => match member_mut(members, &unescape(name)) {
                Some(member) => self.down(name, member, below),
                None => Ok(false),
            },
            (index, Value::Array(items)) if is_index(index) => {
                // An index too large for a number is beyond the end, too.
                let place: Option<usize> = index.parse().ok();
                match place.and_then(|place| items.get_mut(place)) {
                    Some(item) => self.down(index, item, below),
                    None => Ok(false),
                }
            }
            (_, other) => Err(self.mismatch("an object", other)),
        }
    }

    fn items(&mut self, items: &mut [Value], below: &str) -> Result<bool> {
        self.reached |= items.is_empty();
        let mut changed = false;
        for (index, item) in items.iter_mut().enumerate() {
            changed |= self.down(&index.to_string(), item, below)?;
        }
        Ok(changed)
    }

    fn down(&mut self, token: &str, value: &mut Value, below: &str) -> Result<bool> {
        let length = self.here.len();
        if length == 0 {
            // Most fields are absent, and need no memory.
            self.here.reserve(self.pointer.len());
        }
        self.here.push('/');
        self.here.push_str(token);
        let changed = self.at(value, below)?;
        self.here.truncate(length);
        Ok(changed)
    }

    /// Continues in the JSON inside a text.
    fn inside(&mut self, text: &mut String, rest: &str) -> Result<bool> {
        if text.is_empty() {
            return Ok(false);
        }
        let mut value: Value =
            serde_json::from_str(text).map_err(|err| self.not_json().with_source(err))?;
        // A pointer does not continue in a text inside a text: a body could otherwise choose the depth of recursion.
        if value.is_string() {
            return Err(self.not_json());
        }
        if self.fields.kind == ErrorKind::Encrypt && check_keys(text).is_err() {
            return Err(self.doubled());
        }
        let outer = self.edits.replace(Edits::default());
        let changed = self.at(&mut value, rest);
        let inner = mem::replace(self.edits, outer).unwrap_or_default();
        if !changed? {
            return Ok(false);
        }
        *text = inner
            .applied(text, &self.here)
            .ok_or_else(|| self.not_json())?;
        if let Some(outer) = &mut *self.edits {
            outer.append(inner);
        }
        Ok(true)
    }

    /// Whether the value may be encrypted: it is not an item whose `need_encrypt` is false.
    fn wanted(&self, value: &Value, rest: &str) -> bool {
        let walked = &self.pointer[..self.pointer.len() - rest.len()];
        let mut patterns = self.fields.if_flagged.iter();
        !patterns.any(|pattern| covers(pattern, walked)) || is_flagged(value)
    }

    fn mismatch(&self, expected: &str, found: &Value) -> Error {
        let Self { pointer, here, .. } = self;
        let found = kind_of(found);
        let message = format!(
            "the pointer {pointer} expects {expected} at {here:?} but finds {found}; \
             make the body and the pointer agree (`*` is for every item of an array)"
        );
        Error::new(self.fields.kind, message)
    }

    fn not_json(&self) -> Error {
        let Self { pointer, here, .. } = self;
        let message = format!(
            "the pointer {pointer} leads into the text at {here:?}, which must be the JSON of an object \
             or array"
        );
        Error::new(self.fields.kind, message)
    }

    /// The error for a doubled name: only the last value is encrypted, and the other would be sent as plaintext.
    fn doubled(&self) -> Error {
        let Self { pointer, here, .. } = self;
        let message = format!(
            "the pointer {pointer} leads into the text at {here:?}, whose JSON has a key twice in one \
             object: remove one of them"
        );
        Error::new(self.fields.kind, message)
    }
}

/// Splits off the first token of a pointer, still escaped.
fn split(pointer: &str) -> Option<(&str, &str)> {
    let rest = pointer.strip_prefix('/')?;
    // Setting up a character search costs more than this scan.
    let end = rest.bytes().position(|byte| byte == b'/');
    Some(rest.split_at(end.unwrap_or(rest.len())))
}

/// Returns a member of an object. Comparing a few names costs less than hashing one.
pub fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    if members.len() > FEW {
        return members.get(name);
    }
    let mut members = members.iter();
    members
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Returns a member of an object, like [`member`].
fn member_mut<'v>(members: &'v mut Map<String, Value>, name: &str) -> Option<&'v mut Value> {
    if members.len() > FEW {
        return members.get_mut(name);
    }
    let mut members = members.iter_mut();
    members
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

const FEW: usize = 8;

fn unescape(token: &str) -> Cow<'_, str> {
    if token.as_bytes().contains(&b'~') {
        token.replace("~1", "/").replace("~0", "~").into()
    } else {
        token.into()
    }
}

fn is_index(token: &str) -> bool {
    let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    digits && (token == "0" || !token.starts_with('0'))
}

/// Whether a pointer leads into a place, which is written without `*`.
pub fn leads_into(pointer: &str, place: &str) -> bool {
    let mut pointer = pointer.split('/');
    place
        .split('/')
        .all(|token| pointer.next().is_some_and(|own| own == token || own == "*"))
        && pointer.next().is_some()
}

/// Whether a pointer matches a pattern, in which `*` stands for any index.
fn covers(pattern: &str, pointer: &str) -> bool {
    let mut pointer = pointer.split('/');
    let all = pattern.split('/').all(|expected| {
        pointer
            .next()
            .is_some_and(|token| token == expected || expected == "*" && is_index(token))
    });
    all && pointer.next().is_none()
}

/// Whether an item requests encryption. Only an explicit no counts as no: `1` and `"TRUE"` mean yes to some programs.
fn is_flagged(item: &Value) -> bool {
    match item.get("need_encrypt") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(asked)) => *asked,
        Some(Value::Number(asked)) => asked.as_f64() != Some(0.0),
        Some(Value::String(asked)) => {
            let asked = asked.trim().to_ascii_lowercase();
            !matches!(&*asked, "" | "0" | "false" | "no")
        }
        Some(Value::Array(_) | Value::Object(_)) => true,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Lets `visit` replace the values of the named parameters of a query.
///
/// `visit` receives the decoded value (`+` is a plus, as in RFC 3986), and its result is percent-encoded.
/// All other bytes are unchanged, and empty values are skipped. Returns `None` if nothing changed.
///
/// # Errors
///
/// An error that names a parameter whose value is not UTF-8, and the errors of `visit`.
pub fn rewrite_query(query: &str, names: &[&str], visit: &mut Visit<'_>) -> Result<Option<String>> {
    let mut out = String::new();
    let mut changed = false;
    for pair in query.split('&') {
        let new = rewrite_parameter(pair, names, visit)?;
        changed |= new.is_some();
        out.push_str(new.as_deref().unwrap_or(pair));
        out.push('&');
    }
    out.pop();
    Ok(changed.then(|| mem::take(&mut out)))
}

fn rewrite_parameter(pair: &str, names: &[&str], visit: &mut Visit<'_>) -> Result<Option<String>> {
    let Some((name, value)) = pair.split_once('=') else {
        return Ok(None);
    };
    let plain = percent_decode_str(name).decode_utf8_lossy();
    if value.is_empty() || !names.contains(&&*plain) {
        return Ok(None);
    }
    let text = percent_decode_str(value).decode_utf8().map_err(|err| {
        let message =
            format!("the query parameter {plain} cannot be encrypted: its value is not UTF-8");
        Error::new(ErrorKind::Encrypt, message).with_source(err)
    })?;
    let new = visit(&plain, &text)?;
    Ok(new.map(|new| {
        let mut pair = format!("{name}=");
        percent::push_value(&mut pair, &new);
        pair
    }))
}

#[cfg(test)]
mod tests;
