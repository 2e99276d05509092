//! `__METHOD__` and the other constants that say where they stand.

use super::Builder;
use crate::hir::tree::{Expr, ExprKind};
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

    /// `__DIR__` and `__FILE__` of a file of a folder: the application is asked for the folder or file at a path below the
    /// folder that is ported. Without the path, all files had the same.
    pub(super) fn place_below(&self, span: Span, name: &str) -> Option<Expr> {
        let path = self.block.path_at(span.start)?;
        let below = match &*name.to_ascii_uppercase() {
            "__DIR__" => path.rsplit_once('/').map_or(".", |(folder, _)| folder),
            "__FILE__" => path,
            _ => return None,
        };
        Some(Expr::new(span, ExprKind::Text(below.to_owned())))
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
