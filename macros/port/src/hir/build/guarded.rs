//! `if (property_exists($this, $name)) { … $this->$name = $value; … }`: assignments by name that make no property.

use super::Builder;
use crate::syntax::{self, BinaryOp, ExprKind as PhpKind, Member, Part, UnaryOp, Whole, is_word};

impl Builder<'_> {
    /// Whether a class sets `$this->$name` where no `property_exists($this, $name)` stands around.
    pub(super) fn makes_properties(&self, class: &syntax::Class) -> bool {
        let mut methods = class.methods.iter();
        methods.any(|method| self.makes(&method.closure.body, &mut Vec::new()))
    }

    fn makes<'s>(&self, body: &'s [syntax::Stmt], known: &mut Vec<&'s str>) -> bool {
        let before = known.len();
        let mut makes = false;
        for (place, stmt) in body.iter().enumerate() {
            let mut guarded = self.guarded_name(stmt);
            makes |= stmt.kind.parts().into_iter().any(|part| match part {
                Part::Expr(value) => self.makes_in(value, known),
                // The first body is the guarded one. Behind it stands `else`.
                Part::Body(body) => {
                    let outer = known.len();
                    known.extend(guarded.take());
                    let found = self.makes(body, known);
                    known.truncate(outer);
                    found
                }
            });
            known.extend(self.name_of_others(stmt, &body[place + 1..]));
        }
        known.truncate(before);
        makes
    }

    /// `$name` of `if (!property_exists($this, $name)) { continue; }`, if it keeps its value behind that.
    fn name_of_others<'s>(&self, stmt: &'s syntax::Stmt, rest: &[syntax::Stmt]) -> Option<&'s str> {
        let syntax::StmtKind::If {
            branches,
            otherwise: None,
        } = &stmt.kind
        else {
            return None;
        };
        let [(condition, body)] = &**branches else {
            return None;
        };
        let PhpKind::Unary {
            op: UnaryOp::Not,
            operand,
        } = &condition.kind
        else {
            return None;
        };
        // `&&` would let other names pass.
        let alone = matches!(operand.kind, PhpKind::Call { .. });
        let name = asked(operand).filter(|_| alone && leaves(body))?;
        let (first, last) = (rest.first()?, rest.last()?);
        let rest = self.block.text.get(first.span.start..last.span.end)?;
        only_names_properties(rest, name).then_some(name)
    }

    fn makes_in<'s>(&self, value: &'s syntax::Expr, known: &mut Vec<&'s str>) -> bool {
        let own = match &value.kind {
            PhpKind::Assign { target, .. } => match &target.kind {
                PhpKind::Property {
                    member: Member::Computed(name),
                    ..
                } => {
                    !matches!(&name.kind, PhpKind::Variable(name) if known.contains(&name.as_str()))
                }
                _ => false,
            },
            PhpKind::Closure(closure) => self.makes(&closure.body, &mut Vec::new()),
            _ => false,
        };
        let mut parts = value.children().into_iter();
        own || parts.any(|part| self.makes_in(part, known))
    }

    /// `$name` of `if (property_exists($this, $name)) { … }`, if it keeps its value in there.
    fn guarded_name<'s>(&self, stmt: &'s syntax::Stmt) -> Option<&'s str> {
        let syntax::StmtKind::If { branches, .. } = &stmt.kind else {
            return None;
        };
        let [(condition, body)] = &**branches else {
            return None;
        };
        let name = asked(condition).filter(|_| !assigns(condition))?;
        let (first, last) = (body.first()?, body.last()?);
        let body = self.block.text.get(first.span.start..last.span.end)?;
        only_names_properties(body, name).then_some(name)
    }
}

/// `$this`, `self::class`, `static::class`
pub(super) fn is_own(object: &syntax::Expr) -> bool {
    match &object.kind {
        PhpKind::Variable(this) => this == "this",
        PhpKind::ClassConstant { class, name } => {
            name.eq_ignore_ascii_case("class")
                && matches!(class.written.as_str(), "self" | "static")
        }
        _ => false,
    }
}

/// The same, or `__CLASS__`.
pub(super) fn is_own_class(object: &syntax::Expr) -> bool {
    is_own(object) || matches!(&object.kind, PhpKind::Constant(name) if name.last() == "__class__")
}

/// `$name` of `property_exists($this, $name)`, alone or before or behind `&&`.
fn asked(condition: &syntax::Expr) -> Option<&str> {
    match &condition.kind {
        PhpKind::Binary {
            op: BinaryOp::And,
            left,
            right,
        } => asked(left).or_else(|| asked(right)),
        PhpKind::Call { function, args } if function.last() == "property_exists" => match &**args {
            [object, name] if is_own_class(&object.value) => match &name.value.kind {
                PhpKind::Variable(name) => Some(name),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether statements end in a jump.
fn leaves(body: &[syntax::Stmt]) -> bool {
    match body.last().map(|last| &last.kind) {
        Some(syntax::StmtKind::Return(_)) => true,
        Some(syntax::StmtKind::Expr(value)) => matches!(value.kind, PhpKind::Throw(_)),
        Some(syntax::StmtKind::Whole(whole)) => {
            matches!(**whole, Whole::Break(_) | Whole::Continue(_))
        }
        _ => false,
    }
}

/// Whether an expression may assign a variable.
pub(super) fn assigns(value: &syntax::Expr) -> bool {
    let whole = matches!(
        value.kind,
        PhpKind::Assign { .. } | PhpKind::Whole(_) | PhpKind::Closure(_)
    );
    whole || value.children().into_iter().any(assigns)
}

/// Whether a piece of PHP mentions a variable only as the name of a property, `$this->$name`.
fn only_names_properties(text: &str, name: &str) -> bool {
    mentions_only(text, name, |ahead, _| ahead.ends_with("->"))
}

/// Whether each mention of a variable in a piece of PHP is of a kind, by the text ahead of it and behind it.
pub(super) fn mentions_only(text: &str, name: &str, is_so: impl Fn(&str, &str) -> bool) -> bool {
    let mut before = "";
    let mut pieces = text.split('$');
    !HIDDEN.iter().any(|hidden| text.contains(hidden))
        && pieces.all(|piece| {
            let end = piece.find(|c| !is_word(c)).unwrap_or(piece.len());
            let (ahead, behind) = (before.trim_end(), piece[end..].trim_start());
            before = piece;
            piece[..end] != *name || is_so(ahead, behind)
        })
}

/// The PHP that may set a variable without naming it.
const HIDDEN: [&str; 7] = [
    "$$",
    "${",
    "extract",
    "parse_str",
    "include",
    "require",
    "eval",
];
