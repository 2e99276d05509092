//! `$this->$name = $value;`, `$this->$name`, `property_exists($this, $name)`: the property of the struct that has the
//! name.

use crate::syntax::is_word;
use std::collections::BTreeSet;

use super::{Builder, class};
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{self, Arg, BinaryOp, ExprKind as PhpKind, Member, Part, Span};

impl<'a> Builder<'a> {
    /// An assignment to a property whose name a variable holds. In PHP another name makes a property that nothing reads.
    pub(super) fn computed_property(
        &mut self,
        span: Span,
        expr: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let (target, value) = expr.assignment()?;
        let PhpKind::Property {
            object,
            member: Member::Computed(name),
        } = &target.kind
        else {
            return None;
        };
        if let Some(stmts) = self.listed_property(span, object, name, value) {
            return Some(stmts);
        }
        let plain = |expr: &syntax::Expr| matches!(&expr.kind, PhpKind::Variable(name) if name != "this" && self.is_own(name));
        let of_this = matches!(&object.kind, PhpKind::Variable(this) if this == "this");
        if !of_this || !plain(name) || !plain(value) || self.in_closure {
            return None;
        }
        let fields = self.settable()?;
        let (name, value) = (self.expr(name), self.expr(value));
        let name = Expr::new(span, ExprKind::Cast(Ty::Text, name));
        let branches = fields.into_iter().map(|field| {
            let text = Expr::new(span, ExprKind::Text(field.clone()));
            let condition = ExprKind::Binary(BinaryOp::Identical, name.clone(), text);
            let place = Place {
                root: Root::Field(field),
                path: Vec::new(),
            };
            let set = Expr::new(span, ExprKind::Assign(place, value.clone()));
            (Expr::new(span, condition), vec![Stmt::expr(span, set)])
        });
        let kind = StmtKind::If(branches.collect(), None);
        Some(vec![Stmt { span, kind }])
    }

    /// `$this->$name = $value` in a loop over names that are written there.
    fn listed_property(
        &mut self,
        span: Span,
        object: &syntax::Expr,
        name: &'a syntax::Expr,
        value: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let fields = self
            .named_fields(name)
            .filter(|_| super::escapes::is_this(object))?;
        let place = |root| Place {
            root,
            path: Vec::new(),
        };
        let value = self.expr(value);
        let name = self.expr(name);
        let local = self.local(&format!("value_{}", span.start));
        let set = ExprKind::Assign(place(Root::Local(local)), value);
        let first = Stmt::expr(span, Expr::new(span, set));
        let branches = fields.into_iter().map(|field| {
            let condition = self.is_named(span, &name, &field);
            let value = Expr::new(span, ExprKind::Local(local));
            let set = ExprKind::Assign(place(Root::Field(field)), value);
            (condition, vec![Stmt::expr(span, Expr::new(span, set))])
        });
        let kind = StmtKind::If(branches.collect(), None);
        Some(vec![first, Stmt { span, kind }])
    }

    /// The properties that a variable of a loop names, if the class declares all of them for plain values.
    fn named_fields(&self, name: &syntax::Expr) -> Option<Vec<String>> {
        let PhpKind::Variable(name) = &name.kind else {
            return None;
        };
        let shape = self.class.filter(|_| !self.in_closure && !self.is_open())?;
        let names = self.named_texts.get(name)?;
        let own = |name: &String| {
            let mut properties = shape.class.properties.iter();
            let declared = properties.any(|property| property.name == *name && !property.is_static);
            let ty = shape.fields.get(name);
            let plain = ty.is_some_and(|ty| *ty == Ty::Unknown || ty.is_plain());
            declared && plain && !shape.foreign.contains(name) && !shape.shared.contains(name)
        };
        names.iter().all(own).then(|| names.clone())
    }

    /// Notes the texts that a variable holds within a loop which does not set it.
    pub(super) fn begin_texts(
        &mut self,
        value: &syntax::Expr,
        texts: Vec<String>,
        body: &[syntax::Stmt],
    ) -> Option<String> {
        let PhpKind::Variable(name) = &value.kind else {
            return None;
        };
        let (first, last) = (body.first()?, body.last()?);
        let text = self.block.text.get(first.span.start..last.span.end)?;
        let known = only_reads(text, name) && !self.named_texts.contains_key(name);
        known.then(|| {
            self.named_texts.insert(name.clone(), texts);
            name.clone()
        })
    }

    /// `$this->$name`: null where no property has the name, as PHP gives it with a warning.
    pub(super) fn computed_read(&mut self, span: Span, member: &'a syntax::Expr) -> Option<Expr> {
        let mut value = Expr::new(span, ExprKind::Null);
        let fields = match self.named_fields(member) {
            Some(names) => names,
            None => {
                self.declared()?;
                self.settable()?
            }
        };
        let name = self.plain_name(member)?;
        for field in fields.into_iter().rev() {
            let same = self.is_named(span, &name, &field);
            let read = Expr::new(span, ExprKind::Field(field));
            value = Expr::new(span, ExprKind::Ternary(same, Some(read), value));
        }
        Some(value)
    }

    /// `property_exists($this, $name)`, also with the name of the class.
    pub(super) fn property_exists(&mut self, span: Span, args: &'a [Arg]) -> Option<Expr> {
        let [object, name] = args else {
            return None;
        };
        if !is_own_class(&object.value) || self.in_closure {
            return None;
        }
        let all = self.declared()?;
        let name = self.plain_name(&name.value)?;
        let all = all
            .into_iter()
            .map(|field| self.is_named(span, &name, &field));
        let any = |one, other| Expr::new(span, ExprKind::Or(one, other));
        let none = || Expr::new(span, ExprKind::Bool(false));
        Some(all.reduce(any).unwrap_or_else(none))
    }

    /// A name that may be asked for more than once.
    fn plain_name(&mut self, name: &'a syntax::Expr) -> Option<Expr> {
        let plain = match &name.kind {
            PhpKind::Variable(name) => name != "this" && self.is_own(name),
            PhpKind::String(_) => true,
            _ => false,
        };
        if !plain || self.is_open() {
            return None;
        }
        let name = self.expr(name);
        Some(Expr::new(name.span, ExprKind::Cast(Ty::Text, name)))
    }

    fn is_named(&self, span: Span, name: &Expr, field: &str) -> Expr {
        let text = Expr::new(span, ExprKind::Text(field.to_owned()));
        let same = ExprKind::Binary(BinaryOp::Identical, name.clone(), text);
        Expr::new(span, same)
    }

    /// The properties of the class, if it has no others: none of a class above, and none that an assignment makes.
    fn declared(&self) -> Option<Vec<String>> {
        let class = self.class?.class;
        let mut others = self.names.classes.values();
        let below = others.any(|other| {
            let parent = other.parent.as_ref();
            parent.is_some_and(|parent| parent.last() == class.name.to_ascii_lowercase())
        });
        if below || !self.has_all() {
            return None;
        }
        let names = class.properties.iter();
        let names: BTreeSet<String> = names.map(|property| property.name.clone()).collect();
        let known = class::mentioned(class).is_subset(&names) && !self.makes_properties(class);
        known.then(|| names.into_iter().collect())
    }

    /// The properties of the class, if all of them may hold any value and the class reads no other.
    fn settable(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let class = shape.class;
        let magic = |method: &syntax::Method| {
            let name = method.name.to_ascii_lowercase();
            matches!(name.as_str(), "__set" | "__get" | "__isset" | "__unset")
        };
        if class.parent.is_some() || !class.uses.is_empty() || class.methods.iter().any(magic) {
            return None;
        }
        let mut fields = Vec::new();
        for property in &class.properties {
            let ty = shape.fields.get(&property.name);
            let open = matches!(ty, Some(Ty::Unknown | Ty::Any));
            let own = open && !property.is_static && !shape.foreign.contains(&property.name);
            if !own {
                return None;
            }
            fields.push(property.name.clone());
        }
        let known: BTreeSet<String> = fields.iter().cloned().collect();
        (!fields.is_empty() && class::mentioned(class).is_subset(&known)).then_some(fields)
    }

    /// Whether a class sets `$this->$name` where no `property_exists($this, $name)` stands around.
    fn makes_properties(&self, class: &syntax::Class) -> bool {
        let mut methods = class.methods.iter();
        methods.any(|method| self.makes(&method.closure.body, &mut Vec::new()))
    }

    fn makes<'s>(&self, body: &'s [syntax::Stmt], known: &mut Vec<&'s str>) -> bool {
        body.iter().any(|stmt| {
            let mut guarded = self.guarded_name(stmt);
            stmt.kind.parts().into_iter().any(|part| match part {
                Part::Expr(value) => self.makes_in(value, known),
                // The first body is the guarded one. Behind it stands `else`.
                Part::Body(body) => {
                    let outer = known.len();
                    known.extend(guarded.take());
                    let found = self.makes(body, known);
                    known.truncate(outer);
                    found
                }
            })
        })
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
fn is_own_class(object: &syntax::Expr) -> bool {
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

/// Whether an expression may assign a variable.
fn assigns(value: &syntax::Expr) -> bool {
    let whole = matches!(
        value.kind,
        PhpKind::Assign { .. } | PhpKind::Whole(_) | PhpKind::Closure(_)
    );
    whole || value.children().into_iter().any(assigns)
}

/// The texts of an array that is written there.
pub(super) fn texts(list: &syntax::Expr) -> Option<Vec<String>> {
    let PhpKind::Array(items) = &list.kind else {
        return None;
    };
    let texts = items
        .iter()
        .map(|item| match (&item.key, &item.value.kind) {
            (None, PhpKind::String(text)) => Some(text.clone()),
            _ => None,
        });
    texts
        .collect::<Option<Vec<_>>>()
        .filter(|texts| !texts.is_empty())
}

/// Whether a piece of PHP only reads a variable: each mention is the name of a property, the key of an item, or a value
/// before `.`.
fn only_reads(text: &str, name: &str) -> bool {
    mentions_only(text, name, |ahead, behind| {
        let key = ahead
            .strip_suffix('[')
            .is_some_and(|array| array.ends_with(is_word));
        // A function may set its argument, and `as`, `list`, `global` and `catch` set a variable.
        let value = behind.starts_with('.') && !behind.starts_with(".=");
        !ahead.ends_with('&') && (ahead.ends_with("->") || key || value && !ahead.ends_with('['))
    })
}

/// Whether a piece of PHP mentions a variable only as the name of a property, `$this->$name`.
fn only_names_properties(text: &str, name: &str) -> bool {
    mentions_only(text, name, |ahead, _| ahead.ends_with("->"))
}

/// Whether each mention of a variable in a piece of PHP is of a kind, by the text ahead of it and behind it.
fn mentions_only(text: &str, name: &str, is_so: impl Fn(&str, &str) -> bool) -> bool {
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
