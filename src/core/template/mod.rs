//! Expands a path template with its variables: RFC 6570 with stricter rules.
//!
//! `expansion` implements the RFC. This file rejects input that the RFC allows and that is unsafe
//! here: missing and unused variables, and values that change the path or host.

mod expansion;
mod value;

use std::borrow::Cow;

use serde_json::Value;
use wechatpay_chain_path::{Part, PathError, check_expanded, parts};

use crate::error::{Error, ErrorKind, Result};
use crate::percent;
use crate::template::value::is_defined;

/// The longest target that the crate `http` accepts.
const MAX_LENGTH: usize = u16::MAX as usize - 1;

/// Expands a template with its variables to `/path?query`, ready to be signed and sent.
///
/// The template has passed [`check_template`](wechatpay_chain_path::check_template) or
/// `normalize_literal`. The result always begins with one `/`.
pub fn expand(template: &str, vars: &[(Cow<'_, str>, Value)]) -> Result<String> {
    Ok(expand_strictly(template, vars)?)
}

/// Encodes a runtime value as exactly one segment, for use in a template.
pub fn encode_segment(value: &str) -> Result<String> {
    match value {
        "" => Err(PathError::EmptyValue.into()),
        "." | ".." => Err(PathError::DotSegment.into()),
        value => {
            let mut out = String::with_capacity(value.len());
            percent::push_value(&mut out, value);
            Ok(out)
        }
    }
}

impl From<PathError> for Error {
    /// Creates an error of [`ErrorKind::Path`] with the reason as its source.
    fn from(reason: PathError) -> Self {
        Self::new(ErrorKind::Path, "the path cannot be used; nothing was sent").with_source(reason)
    }
}

fn expand_strictly(template: &str, vars: &[(Cow<'_, str>, Value)]) -> Result<String, PathError> {
    let template = template.strip_prefix('/').unwrap_or(template);
    let mut out = String::with_capacity(template.len() + 1 + capacity_for(vars));
    out.push('/');
    if template.contains('{') || !vars.is_empty() {
        check_variables(template, vars)?;
        expansion::expand(&mut out, template, |name| find(vars, name))?;
    } else {
        percent::push_literal(&mut out, template);
    }
    if out.starts_with("//") {
        // `{/a}` and `{+path}` may add a slash that is already there.
        out.remove(0);
    }
    check_result(&out, vars)?;
    check_empty(&out, template, vars)?;
    Ok(out)
}

fn find<'v>(vars: &'v [(Cow<'_, str>, Value)], name: &str) -> Option<&'v Value> {
    let (_, value) = vars.iter().rfind(|(key, _)| key == name)?;
    Some(value)
}

/// Estimates the length: most texts need no encoding.
fn capacity_for(vars: &[(Cow<'_, str>, Value)]) -> usize {
    vars.iter()
        .map(|(_, value)| value.as_str().map_or(16, str::len))
        .sum()
}

fn check_variables(template: &str, vars: &[(Cow<'_, str>, Value)]) -> Result<(), PathError> {
    let names = names(template)?;
    let missing = |name: &&str| !find(vars, name).is_some_and(is_defined);
    if let Some(name) = names.iter().copied().find(missing) {
        return Err(PathError::MissingVariable {
            name: name.into(),
            given: vars
                .iter()
                .filter(|(_, value)| is_defined(value))
                .map(|(name, _)| name.to_string())
                .collect(),
        });
    }
    let unused = |name: &str| !names.contains(&name);
    match vars.iter().find(|(name, _)| unused(name)) {
        Some((name, _)) => Err(PathError::UnusedVariable {
            name: name.to_string(),
            template: names.into_iter().map(String::from).collect(),
        }),
        None => Ok(()),
    }
}

fn names(template: &str) -> Result<Vec<&str>, PathError> {
    let mut names = Vec::new();
    for part in parts(template) {
        if let Part::Expression(expression) = part? {
            names.extend(expression.variables().map(|variable| variable.name));
        }
    }
    Ok(names)
}

fn check_result(target: &str, vars: &[(Cow<'_, str>, Value)]) -> Result<(), PathError> {
    if target.len() > MAX_LENGTH {
        return Err(PathError::TooLong);
    }
    check_expanded(&target[1..]).map_err(|err| match (err, dot_variable(vars)) {
        (PathError::DotSegment, Some(name)) => PathError::DotValue { name },
        (err, _) => err,
    })
}

/// Rejects an empty value, which would name another operation, such as the list instead of one of its items.
///
/// A final `{empty}` is the PHP SDK documentation's notation for a final slash.
fn check_empty(
    target: &str,
    template: &str,
    vars: &[(Cow<'_, str>, Value)],
) -> Result<(), PathError> {
    let path = target.split('?').next().unwrap_or_default();
    let ends = path.len() > 1 && path.ends_with('/') && !ends_in_slash(template);
    if !ends && !path.contains("//") {
        return Ok(());
    }
    let is_empty = |value: &Value| match value {
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().any(|item| item == ""),
        Value::Object(map) => map.iter().any(|(key, item)| key.is_empty() || item == ""),
        _ => false,
    };
    match vars.iter().find(|(_, value)| is_empty(value)) {
        Some((name, _)) => Err(PathError::EmptyVariable {
            name: name.to_string(),
        }),
        None if path.contains("//") => Err(PathError::EmptySegment),
        None => Ok(()),
    }
}

/// Whether the path of a template ends in an intended slash.
fn ends_in_slash(template: &str) -> bool {
    let mut path = String::new();
    for part in parts(template).flatten() {
        match part {
            Part::Literal(text) => path.push_str(text),
            Part::Expression(expression)
                if matches!(expression.operator().symbol, Some('?' | '&')) => {}
            Part::Expression(expression) => {
                let name = expression.variables().next().map_or("", |it| it.name);
                path.push_str(if name == "empty" { "" } else { "{}" });
            }
        }
    }
    path.split('?').next().unwrap_or_default().ends_with('/')
}

/// Returns the variable that causes a dot segment.
fn dot_variable(vars: &[(Cow<'_, str>, Value)]) -> Option<String> {
    let (name, _) = vars
        .iter()
        .find(|(_, value)| matches!(value.as_str(), Some("." | "..")))?;
    Some(name.to_string())
}

#[cfg(test)]
mod tests;
