//! `__METHOD__` and the other constants that say where they stand.

use super::Builder;
use crate::hir::tree::ExprKind;
use crate::syntax::Span;

impl Builder<'_> {
    /// Nothing where it is no such constant, and where only a run tells: in a trait, and in a closure.
    pub(super) fn magic(&self, span: Span, name: &str) -> Option<ExprKind> {
        let name = name.to_ascii_uppercase();
        if name == "__LINE__" {
            let (line, _) = self.block.position(span.start);
            return i64::try_from(line).ok().map(ExprKind::Int);
        }
        if name == "__NAMESPACE__" {
            return self.names.namespace.clone().map(ExprKind::Text);
        }
        let class = match self.class {
            Some(shape) if shape.class.kind == "class" => Some(self.qualified(&shape.class.name)?),
            Some(_) => return None,
            None => None,
        };
        let function = match (&self.function_name, self.in_closure) {
            (_, true) => None,
            (Some(function), false) => Some(function.as_str()),
            (None, false) => Some(""),
        };
        let text = match name.as_str() {
            "__CLASS__" => class.unwrap_or_default(),
            "__FUNCTION__" if class.is_some() => function?.to_owned(),
            "__METHOD__" => match (class, function?) {
                (Some(class), function) => format!("{class}::{function}"),
                (None, "") => String::new(),
                (None, function) => self.qualified(function)?,
            },
            "__FUNCTION__" => match function? {
                "" => String::new(),
                function => self.qualified(function)?,
            },
            _ => return None,
        };
        Some(ExprKind::Text(text))
    }

    /// A name of the file with its namespace.
    pub(super) fn qualified(&self, name: &str) -> Option<String> {
        let namespace = self.names.namespace.as_deref()?;
        Some(if namespace.is_empty() {
            name.to_owned()
        } else {
            format!("{namespace}\\{name}")
        })
    }
}
