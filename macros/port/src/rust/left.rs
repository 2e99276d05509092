//! Functions that are left to the application because a part of them is refused.

use super::file::{Shared, clean};
use crate::diagnostic::Problem;
use crate::hir::tree::Left;
use crate::syntax::Span;

/// Such a function, and the method of the trait that stands for it.
#[derive(Debug, Clone)]
pub(crate) struct LeftTo {
    pub(crate) left: Left,
    pub(crate) method: String,
}

impl Shared<'_> {
    /// Notes that a method of the trait stands for a function.
    pub(crate) fn note_left(&mut self, left: &Left, method: &str) {
        if !self.left.iter().any(|known| known.left == *left) {
            self.left.push(LeftTo {
                left: left.clone(),
                method: method.to_owned(),
            });
        }
    }

    /// What the documentation of the trait says of such a function.
    pub(crate) fn why_left(&self, left: &Left) -> Vec<String> {
        let (line, _) = self.block.position(left.problem.span.start);
        let mut lines = vec![
            String::new(),
            clean(&format!(
                "Not translated because of line {line}: {}.",
                left.problem.message.trim_end_matches(',')
            )),
        ];
        lines.extend(calls_made(left.calls).map(|made| format!(" Mind that {made}.")));
        if !left.methods.is_empty() {
            let names: Vec<_> = left
                .methods
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            lines.push(format!(
                " It calls these methods of the class: {}.",
                names.join(", ")
            ));
        }
        lines
    }

    /// The warnings about such functions, each at the first place that is refused.
    pub(crate) fn left_warnings(&self) -> Vec<Problem> {
        let left = self.left.iter();
        left.map(|LeftTo { left, method }| {
            let message = format!(
                "the application has to write `{}`: {}",
                left.name, left.problem.message
            );
            Problem::warning(left.problem.span, message).hint(hint(method, left.calls))
        })
        .collect()
    }

    /// Whether a place is within a function that the application has.
    pub(crate) fn is_left(&self, span: Span) -> bool {
        let mut left = self.left.iter();
        left.any(|own| own.left.span.range().contains(&span.start))
    }
}

fn hint(method: &str, calls: usize) -> String {
    match calls {
        0 => format!(
            "write it as the method `{method}` of the trait, whose documentation has the PHP"
        ),
        1 => format!(
            "write it as the method `{method}` of the trait, whose documentation has the PHP; it makes 1 call of WeChat Pay that is not translated"
        ),
        _ => format!(
            "write it as the method `{method}` of the trait, whose documentation has the PHP; it makes {calls} calls of WeChat Pay that are not translated"
        ),
    }
}

fn calls_made(calls: usize) -> Option<String> {
    match calls {
        0 => None,
        1 => Some("it makes 1 call of WeChat Pay that is not translated".to_owned()),
        _ => Some(format!(
            "it makes {calls} calls of WeChat Pay that are not translated"
        )),
    }
}
