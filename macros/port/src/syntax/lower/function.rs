//! Parameters, arguments and bodies of functions.

use tree_sitter::Node;

use super::{Lower, named};
use crate::syntax::{Arg, Capture, Closure, Param, Stmt, StmtKind};

impl Lower<'_> {
    pub(super) fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        let list = node.child_by_field_name("arguments").or_else(|| {
            let children = named(node).into_iter();
            children.rev().find(|child| child.kind() == "arguments")
        });
        let args = list.map(named).unwrap_or_default().into_iter();
        args.map(|arg| self.arg(arg)).collect()
    }

    fn arg(&mut self, node: Node<'_>) -> Arg {
        let name = node.child_by_field_name("name");
        let by_reference = node.child_by_field_name("reference_modifier").is_some();
        let value = match named(node).last() {
            _ if by_reference => self.unsupported(node, "an argument by reference"),
            Some(value) => self.expr(*value),
            None => self.unsupported(node, "a callable `f(...)`"),
        };
        Arg {
            name: name.map(|name| self.text(name).to_owned()),
            value,
        }
    }

    pub(super) fn closure(&mut self, node: Node<'_>, arrow: bool) -> Closure {
        let params = node.child_by_field_name("parameters").map(named);
        let params = params.unwrap_or_default().into_iter();
        let uses = named(node)
            .into_iter()
            .find(|child| child.kind() == "anonymous_function_use_clause");
        let uses = uses.map(named).unwrap_or_default().into_iter();
        let uses: Vec<_> = uses.map(|node| self.capture(node)).collect();
        let (selves, uses): (Vec<_>, _) =
            uses.into_iter().partition(|capture| self.is_self(capture));
        let outer = self.selves.clone();
        if outer.is_none() && self.own_class.is_some() {
            self.selves = Some(super::selves::names(self.text(node)));
        }
        self.functions += 1;
        let closure = Closure {
            is_static: selves.is_empty() && node.child_by_field_name("static_modifier").is_some(),
            params: params.map(|param| self.param(param)).collect(),
            returns: node
                .child_by_field_name("return_type")
                .map(|ty| self.type_text(ty)),
            uses,
            arrow,
            strict: self.strict,
            body: self.closure_body(node, arrow),
        };
        self.functions -= 1;
        self.selves = outer;
        closure
    }

    fn is_self(&self, capture: &Capture) -> bool {
        let selves = self.selves.iter().flatten();
        let mut selves = selves.filter(|_| !capture.by_reference);
        selves.any(|name| *name == capture.name)
    }

    /// A type with the names of its classes resolved, each with a leading backslash.
    pub(super) fn type_text(&self, node: Node<'_>) -> String {
        let mut text = String::new();
        for word in self.text(node).split_inclusive(['|', '?', '&']) {
            let (name, end) = match word.char_indices().last() {
                Some((at, '|' | '?' | '&')) => word.split_at(at),
                _ => (word, ""),
            };
            text.push_str(&self.type_name(name.trim()));
            text.push_str(end);
        }
        text
    }

    fn type_name(&self, name: &str) -> String {
        let builtin = [
            "string", "int", "float", "bool", "array", "mixed", "void", "null", "self", "static",
            "callable", "iterable", "object", "never", "false", "true", "",
        ];
        let lower = name.to_ascii_lowercase();
        match builtin.contains(&&*lower) {
            true => lower,
            false => format!("\\{}", self.imports.class(name)),
        }
    }

    fn closure_body(&mut self, node: Node<'_>, arrow: bool) -> Vec<Stmt> {
        if !arrow {
            let mut body = self.body(node);
            if self
                .selves
                .as_ref()
                .is_some_and(|selves| !selves.is_empty())
            {
                body.retain(|stmt| !super::selves::is_set(stmt));
            }
            return body;
        }
        let value = self.field(node, "body");
        vec![Stmt {
            span: value.span,
            kind: StmtKind::Return(Some(value)),
        }]
    }

    pub(super) fn param(&mut self, node: Node<'_>) -> Param {
        let ty = node.child_by_field_name("type");
        let default = node.child_by_field_name("default_value");
        Param {
            name: self
                .field_text(node, "name")
                .trim_start_matches('$')
                .to_owned(),
            ty: ty.map(|ty| match self.whole {
                true => self.type_text(ty),
                false => self.text(ty).to_owned(),
            }),
            default: default.map(|value| self.expr(value)),
            by_reference: node.child_by_field_name("reference_modifier").is_some(),
            variadic: node.kind() == "variadic_parameter",
        }
    }

    fn capture(&self, node: Node<'_>) -> Capture {
        Capture {
            name: self
                .text(node)
                .trim_start_matches(['&', '$', ' '])
                .to_owned(),
            by_reference: node.kind() == "by_ref",
        }
    }
}
