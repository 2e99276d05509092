//! Expressions.

use crate::syntax::is_word;
use tree_sitter::Node;

use super::{Lower, has, named, number};
use crate::syntax::{BinaryOp, Cast, Expr, ExprKind, Item, Member, Span, UnaryOp, WholeExpr};

impl Lower<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        self.lowered.insert(node.id());
        if node.is_error() || node.is_missing() {
            self.note_touched(node);
            return self.unsupported(node, "a syntax error");
        }
        if node.kind() == "parenthesized_expression" {
            return match named(node).first() {
                Some(inner) => self
                    .deeper(node, |lower| lower.expr(*inner))
                    .unwrap_or_else(|| self.too_deep(node)),
                None => self.unsupported(node, "`()`"),
            };
        }
        match self.deeper(node, |lower| lower.kind(node)) {
            Some(kind) => {
                if matches!(kind, ExprKind::Unsupported { .. }) {
                    self.note_touched(node);
                    self.give_up(node);
                }
                Expr {
                    span: self.span(node),
                    kind,
                }
            }
            None => self.too_deep(node),
        }
    }

    fn too_deep(&mut self, node: Node<'_>) -> Expr {
        self.note_touched(node);
        self.unsupported(node, "an expression nested too deeply")
    }

    pub(super) fn boxed(&mut self, node: Node<'_>) -> Box<Expr> {
        Box::new(self.expr(node))
    }

    pub(super) fn field(&mut self, node: Node<'_>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expr(child),
            None => self.unsupported(node, "a syntax error"),
        }
    }

    fn field_box(&mut self, node: Node<'_>, field: &str) -> Box<Expr> {
        Box::new(self.field(node, field))
    }

    fn only(&mut self, node: Node<'_>) -> Box<Expr> {
        match named(node).first() {
            Some(child) => self.boxed(*child),
            None => Box::new(self.unsupported(node, "a syntax error")),
        }
    }

    fn kind(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "variable_name" => ExprKind::Variable(self.variable(node)),
            "integer" => number::integer(self.text(node)),
            "float" => number::float(self.text(node)),
            "boolean" => ExprKind::Bool(self.text(node).eq_ignore_ascii_case("true")),
            "null" => ExprKind::Null,
            "string" | "encapsed_string" | "heredoc" | "nowdoc" => self.literal(node),
            "name" | "qualified_name" | "relative_name" => ExprKind::Constant(self.global(node)),
            "array_creation_expression" => ExprKind::Array(self.items(node)),
            "member_access_expression" => ExprKind::Property {
                object: self.field_box(node, "object"),
                member: self.member(node),
            },
            "subscript_expression" => self.subscript(node),
            "class_constant_access_expression" => self.class_constant(node),
            "function_call_expression" => self.call(node),
            "member_call_expression" => ExprKind::MethodCall {
                object: self.field_box(node, "object"),
                method: self.member(node),
                args: self.args(node),
            },
            "scoped_call_expression" => self.static_call(node),
            "object_creation_expression" => self.new_object(node),
            "anonymous_function" => ExprKind::Closure(Box::new(self.closure(node, false))),
            "arrow_function" => ExprKind::Closure(Box::new(self.closure(node, true))),
            _ => self.operation(node),
        }
    }

    fn operation(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "assignment_expression" => ExprKind::Assign {
                target: self.field_box(node, "left"),
                op: None,
                value: self.field_box(node, "right"),
            },
            "reference_assignment_expression" if self.gives_a_value(node) => ExprKind::Assign {
                target: self.field_box(node, "left"),
                op: None,
                value: self.field_box(node, "right"),
            },
            "augmented_assignment_expression" => self.augmented(node),
            "conditional_expression" => ExprKind::Ternary {
                condition: self.field_box(node, "condition"),
                then: node
                    .child_by_field_name("body")
                    .map(|then| self.boxed(then)),
                otherwise: self.field_box(node, "alternative"),
            },
            "binary_expression" => self.binary(node),
            "unary_op_expression" => {
                // Inside a text, the parser names no operand.
                let operand = match node.child_by_field_name("argument") {
                    Some(operand) => self.boxed(operand),
                    None => self.only(node),
                };
                self.unary(node, operand)
            }
            "cast_expression" => {
                let value = self.field_box(node, "value");
                self.cast(node, value)
            }
            "clone_expression" => ExprKind::Clone(self.only(node)),
            "print_intrinsic" => ExprKind::Print(self.only(node)),
            "throw_expression" => ExprKind::Throw(self.only(node)),
            "include_expression"
            | "include_once_expression"
            | "require_expression"
            | "require_once_expression" => ExprKind::Include(self.only(node)),
            kind if (self.whole
                || self.runs && matches!(kind, "match_expression" | "update_expression"))
                && let Some(kind) = self.whole_expression(node) =>
            {
                kind
            }
            kind => ExprKind::Unsupported {
                what: describe(kind),
            },
        }
    }

    pub(super) fn variable(&self, node: Node<'_>) -> String {
        let name = self.text(node).trim_start_matches('$');
        let is_self = self.selves.iter().flatten().any(|other| other == name);
        if is_self { "this" } else { name }.to_owned()
    }

    pub(super) fn member(&mut self, node: Node<'_>) -> Member {
        let Some(name) = node.child_by_field_name("name") else {
            return Member::Computed(Box::new(self.unsupported(node, "a syntax error")));
        };
        let braced = name.prev_sibling().is_some_and(|brace| brace.kind() == "{");
        match name.kind() {
            "name" if !braced => Member::Name {
                name: self.text(name).to_owned(),
                span: self.span(name),
            },
            _ => Member::Computed(self.boxed(name)),
        }
    }

    fn subscript(&mut self, node: Node<'_>) -> ExprKind {
        let children = named(node);
        let Some((object, index)) = children.split_first() else {
            return ExprKind::Unsupported {
                what: describe(node.kind()),
            };
        };
        ExprKind::Index {
            object: self.boxed(*object),
            index: index.first().map(|index| self.boxed(*index)),
        }
    }

    fn class_constant(&mut self, node: Node<'_>) -> ExprKind {
        match &*named(node) {
            [class, name]
                if (is_name(*class) || self.whole && class.kind() == "relative_scope")
                    && name.kind() == "name" =>
            {
                ExprKind::ClassConstant {
                    class: self.class(*class),
                    name: self.text(*name).to_owned(),
                }
            }
            _ => ExprKind::Unsupported {
                what: describe(node.kind()),
            },
        }
    }

    fn call(&mut self, node: Node<'_>) -> ExprKind {
        let args = self.args(node);
        match node.child_by_field_name("function") {
            Some(name) if is_name(name) => ExprKind::Call {
                function: self.global(name),
                args,
            },
            _ => ExprKind::CallValue {
                callee: self.field_box(node, "function"),
                args,
            },
        }
    }

    fn static_call(&mut self, node: Node<'_>) -> ExprKind {
        let scope = node.child_by_field_name("scope");
        match (scope, self.member(node)) {
            (Some(class), Member::Name { name, .. })
                if is_name(class) || self.whole && class.kind() == "relative_scope" =>
            {
                ExprKind::StaticCall {
                    class: self.class(class),
                    method: name,
                    args: self.args(node),
                }
            }
            _ => ExprKind::Unsupported {
                what: "a static call of a class known at run time only".into(),
            },
        }
    }

    fn new_object(&mut self, node: Node<'_>) -> ExprKind {
        match named(node).first() {
            Some(class) if is_name(*class) => ExprKind::New {
                class: self.class(*class),
                args: self.args(node),
            },
            _ => ExprKind::Unsupported {
                what: "`new` of a class known at run time only".into(),
            },
        }
    }

    fn items(&mut self, node: Node<'_>) -> Vec<Item> {
        let items = named(node).into_iter();
        items.map(|item| self.item(item)).collect()
    }

    fn item(&mut self, node: Node<'_>) -> Item {
        let (key, value) = match &*named(node) {
            [value] => (None, self.expr(*value)),
            [key, value] => (Some(self.expr(*key)), self.expr(*value)),
            _ => (None, self.unsupported(node, "a syntax error")),
        };
        Item {
            span: self.span(node),
            key,
            value,
        }
    }

    /// Whether `=&` sets as `=` does: a function gives the right side, no item of the left side is set, and the left side is
    /// no reference, which `=&` ends.
    fn gives_a_value(&self, node: Node<'_>) -> bool {
        let field = |name| node.child_by_field_name(name);
        let (Some(left), Some(right)) = (field("left"), field("right")) else {
            return false;
        };
        let calls = ["function_call_expression", "object_creation_expression"];
        let items = format!("{}[", self.text(left));
        let text = self.text;
        let by_reference = text.contains("function &") || text.contains("function&");
        calls.contains(&right.kind())
            && !by_reference
            && !text.contains(&items)
            && !is_reference(text, self.text(left))
    }

    fn augmented(&mut self, node: Node<'_>) -> ExprKind {
        let written = self.field_text(node, "operator");
        if self.whole && written == "??=" {
            let (target, value) = (self.field(node, "left"), self.field(node, "right"));
            return ExprKind::Whole(Box::new(WholeExpr::CoalesceAssign(target, value)));
        }
        match self.binary_op(written.trim_end_matches('=')) {
            Some(op) => ExprKind::Assign {
                target: self.field_box(node, "left"),
                op: Some(op),
                value: self.field_box(node, "right"),
            },
            None => ExprKind::Unsupported {
                what: format!("the operator `{written}`"),
            },
        }
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let written = self.field_text(node, "operator").to_ascii_lowercase();
        let Some(op) = self.binary_op(&written) else {
            return ExprKind::Unsupported {
                what: format!("the operator `{written}`"),
            };
        };
        if let (BinaryOp::Pow, Some(left)) = (op, node.child_by_field_name("left"))
            && binds_less_than_power(left)
        {
            return self.power_within(left, node);
        }
        let right = match (op, node.child_by_field_name("right")) {
            (BinaryOp::InstanceOf, Some(class)) if is_name(class) => Box::new(Expr {
                span: self.span(class),
                kind: ExprKind::Constant(self.class(class)),
            }),
            _ => self.field_box(node, "right"),
        };
        ExprKind::Binary {
            op,
            left: self.field_box(node, "left"),
            right,
        }
    }

    /// `-$a ** 2`, `(int) $a ** 2`: PHP's `**` binds tighter than what stands before `$a`, unlike the parser's.
    fn power_within(&mut self, left: Node<'_>, node: Node<'_>) -> ExprKind {
        let mut outer = Vec::new();
        let mut base = left;
        while binds_less_than_power(base) {
            let field = ["argument", "value"];
            let mut inner = field
                .iter()
                .filter_map(|name| base.child_by_field_name(name));
            let Some(inner) = inner.next().or_else(|| named(base).last().copied()) else {
                break;
            };
            outer.push(base);
            base = inner;
        }
        if outer.len() > MOST_BEFORE_POWER {
            return self.too_deep(node).kind;
        }
        let end = self.span(node).end;
        let mut kind = ExprKind::Binary {
            op: BinaryOp::Pow,
            left: self.boxed(base),
            right: self.field_box(node, "right"),
        };
        let mut start = base;
        for outer in outer.into_iter().rev() {
            let span = Span::new(self.span(start).start, end);
            let inner = Box::new(Expr { span, kind });
            kind = match outer.kind() {
                "cast_expression" => self.cast(outer, inner),
                "unary_op_expression" => self.unary(outer, inner),
                _ if self.whole => ExprKind::Whole(Box::new(WholeExpr::Silenced(*inner))),
                kind => ExprKind::Unsupported {
                    what: describe(kind),
                },
            };
            start = outer;
        }
        kind
    }

    fn binary_op(&self, written: &str) -> Option<BinaryOp> {
        Some(match written {
            "^" if self.whole => BinaryOp::BitXor,
            "<<" if self.whole => BinaryOp::ShiftLeft,
            ">>" if self.whole => BinaryOp::ShiftRight,
            "xor" if self.whole => BinaryOp::Xor,
            written => binary_op(written)?,
        })
    }

    fn unary(&mut self, node: Node<'_>, operand: Box<Expr>) -> ExprKind {
        let written = self.field_text(node, "operator");
        let op = match &*written {
            "!" => UnaryOp::Not,
            "-" => UnaryOp::Minus,
            "+" => UnaryOp::Plus,
            "~" if self.whole => UnaryOp::BitNot,
            _ => {
                return ExprKind::Unsupported {
                    what: format!("the operator `{written}`"),
                };
            }
        };
        ExprKind::Unary { op, operand }
    }

    fn cast(&mut self, node: Node<'_>, value: Box<Expr>) -> ExprKind {
        let written = self.field_text(node, "type").to_ascii_lowercase();
        let to = match &*written {
            "string" | "binary" => Cast::String,
            "int" | "integer" => Cast::Int,
            "float" | "double" | "real" => Cast::Float,
            "bool" | "boolean" => Cast::Bool,
            "array" => Cast::Array,
            "object" => Cast::Object,
            _ => {
                return ExprKind::Unsupported {
                    what: format!("the cast `({written})`"),
                };
            }
        };
        ExprKind::Cast { to, value }
    }
}

pub(super) fn is_name(node: Node<'_>) -> bool {
    let name = ["name", "qualified_name", "relative_name"].contains(&node.kind());
    name && !has(node, "{")
}

/// How many signs and casts may stand before the base of a power.
const MOST_BEFORE_POWER: usize = 16;

/// Whether PHP applies it to a power, and not to its base.
fn binds_less_than_power(node: Node<'_>) -> bool {
    [
        "unary_op_expression",
        "cast_expression",
        "error_suppression_expression",
    ]
    .contains(&node.kind())
}

#[rustfmt::skip]
fn binary_op(written: &str) -> Option<BinaryOp> {
    Some(match written {
        "." => BinaryOp::Concat,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "===" => BinaryOp::Identical,
        "!==" => BinaryOp::NotIdentical,
        "==" => BinaryOp::Equal,
        "!=" | "<>" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        "&&" | "and" => BinaryOp::And,
        "||" | "or" => BinaryOp::Or,
        "??" => BinaryOp::Coalesce,
        "|" => BinaryOp::BitOr,
        "&" => BinaryOp::BitAnd,
        "**" => BinaryOp::Pow,
        "<=>" => BinaryOp::Spaceship,
        "instanceof" => BinaryOp::InstanceOf,
        _ => return None,
    })
}

/// The name of an unsupported node, as a noun.
fn describe(kind: &str) -> String {
    match kind {
        "variadic_unpacking" | "variadic_placeholder" => "a spread `...`".into(),
        "by_ref" | "reference_assignment_expression" => "a reference `&`".into(),
        "list_literal" => "taking a list apart".into(),
        "match_expression" => "`match`".into(),
        "yield_expression" => "`yield`".into(),
        "error_suppression_expression" => "`@`".into(),
        "update_expression" => "`++` or `--`".into(),
        "shell_command_expression" => "a shell command".into(),
        "dynamic_variable_name" => "a variable variable `$$`".into(),
        "scoped_property_access_expression" => "a static property".into(),
        "nullsafe_member_access_expression" | "nullsafe_member_call_expression" => "`?->`".into(),
        kind => format!(
            "`{}`",
            kind.trim_end_matches("_expression").replace('_', " ")
        ),
    }
}

/// Whether a piece of PHP makes a reference of a variable: `&$row`, `global $row`, `static $row`.
fn is_reference(text: &str, variable: &str) -> bool {
    text.match_indices(variable).any(|(at, _)| {
        let before = text[..at].trim_end_matches('.').trim_end();
        let list = text[..at]
            .rsplit([';', '{', '}'])
            .next()
            .unwrap_or_default();
        let declared = list.trim_start();
        let declared = ["global", "static"].iter().any(|kind| {
            let start = declared.get(..kind.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(kind))
        });
        let whole = !text[at + variable.len()..].starts_with(is_word);
        whole && (declared || before.ends_with('&') && !before.ends_with("&&"))
    })
}
