//! Implements RFC 6570, section 3, exactly; undefined variables expand to nothing.
//!
//! `iri-string` 0.7 is not used: its prefix modifier panics on non-ASCII text
//! (`{v:2}` with `中文`), and it rejects literals that RFC 6570 requires to be
//! encoded. The grammar is in the path crate, which the macros use without other dependencies.

use std::mem;

use serde_json::Value;
use wechatpay_chain_path::{Expression, Operator, Part, PathError, Variable, parts};

use crate::percent;
use crate::template::value::{Var, is_defined};

/// Appends the expansion of a template.
pub(super) fn expand<'v>(
    out: &mut String,
    template: &str,
    lookup: impl Fn(&str) -> Option<&'v Value>,
) -> Result<(), PathError> {
    for part in parts(template) {
        match part? {
            Part::Literal(text) => percent::push_literal(out, text),
            Part::Expression(expression) => push_expression(out, &expression, &lookup)?,
        }
    }
    Ok(())
}

fn push_expression<'v>(
    out: &mut String,
    expression: &Expression<'_>,
    lookup: impl Fn(&str) -> Option<&'v Value>,
) -> Result<(), PathError> {
    let operator = expression.operator();
    let mut first = true;
    for variable in expression.variables() {
        let Some(value) = lookup(variable.name).filter(|value| is_defined(value)) else {
            continue;
        };
        let is_first = mem::take(&mut first);
        out.push_str(if is_first {
            operator.first
        } else {
            operator.separator
        });
        let var = Var::read(variable.name, value)?;
        Writer { out, operator }.push_variable(&variable, &var)?;
    }
    Ok(())
}

struct Writer<'o> {
    out: &'o mut String,
    operator: &'static Operator,
}

impl Writer<'_> {
    fn push_variable(&mut self, variable: &Variable<'_>, var: &Var<'_>) -> Result<(), PathError> {
        match (var, variable.prefix) {
            (Var::Text(text), None) => self.push_text(variable.name, text),
            (Var::Text(text), Some(count)) => {
                let text = prefix(text, count, self.operator.reserved);
                self.push_text(variable.name, text);
            }
            (Var::List(_) | Var::Map(_), Some(_)) => {
                return Err(PathError::Prefix {
                    name: variable.name.into(),
                });
            }
            (Var::List(list), None) if variable.explode => {
                self.separated(list, |this, item| this.push_text(variable.name, item));
            }
            (Var::Map(map), None) if variable.explode => {
                self.separated(map, |this, (key, value)| this.push_pair(key, value));
            }
            (Var::List(list), None) => {
                self.push_name(variable.name);
                self.comma_separated(list.iter().map(AsRef::as_ref));
            }
            (Var::Map(map), None) => {
                self.push_name(variable.name);
                self.comma_separated(map.iter().flat_map(|(key, value)| [key, value.as_ref()]));
            }
        }
        Ok(())
    }

    /// Appends `value`, or `name=value` if the operator requires names.
    fn push_text(&mut self, name: &str, text: &str) {
        if !self.operator.named {
            return self.push(text);
        }
        self.out.push_str(name);
        self.push_named_value(text);
    }

    /// Appends `key=value` of an exploded map.
    fn push_pair(&mut self, key: &str, value: &str) {
        self.push(key);
        if self.operator.named {
            return self.push_named_value(value);
        }
        self.out.push('=');
        self.push(value);
    }

    fn push_named_value(&mut self, text: &str) {
        if text.is_empty() {
            return self.out.push_str(self.operator.if_empty);
        }
        self.out.push('=');
        self.push(text);
    }

    fn push_name(&mut self, name: &str) {
        if self.operator.named {
            self.out.push_str(name);
            self.out.push('=');
        }
    }

    fn separated<T>(&mut self, items: &[T], push: impl Fn(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(self.operator.separator);
            }
            push(self, item);
        }
    }

    fn comma_separated<'t>(&mut self, items: impl Iterator<Item = &'t str>) {
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.push(item);
        }
    }

    fn push(&mut self, text: &str) {
        if self.operator.reserved {
            percent::push_reserved(self.out, text)
        } else {
            percent::push_value(self.out, text)
        }
    }
}

/// Returns the first `count` characters; if escapes are kept, the escapes of one character count as one.
fn prefix(text: &str, count: usize, escapes: bool) -> &str {
    let mut rest = text;
    let mut left = count;
    while let Some(c) = rest.chars().next() {
        let byte = escapes.then(|| percent::escape(rest.as_bytes())).flatten();
        let continues = byte.is_some_and(|byte| byte & 0xC0 == 0x80);
        if !continues {
            if left == 0 {
                break;
            }
            left -= 1;
        }
        rest = &rest[byte.map_or(c.len_utf8(), |_| 3)..];
    }
    &text[..text.len() - rest.len()]
}
