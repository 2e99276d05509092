//! `$this->$name = $value;`, `$this->$name`, `property_exists($this, $name)`: the property of the struct that has the
//! name.

use std::collections::BTreeSet;

use crate::syntax::is_word;

use super::Builder;
use super::escapes::named;
use super::guarded::{assigns, is_own_class, mentions_only};
use super::settable::Takes;
use crate::hir::Ty;
use crate::hir::by_name;
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
        if !object.is_this() || !plain(name) || self.in_closure || assigns(value) {
            return None;
        }
        let is_plain = plain(value);
        if self.is_open() && !is_plain {
            return None;
        }
        self.set_of_any(span, name, (value, is_plain))
    }

    /// The assignment to whichever property has the name. A value that is a variable may be read more than once.
    fn set_of_any(
        &mut self,
        span: Span,
        name: &'a syntax::Expr,
        (value, is_plain): (&'a syntax::Expr, bool),
    ) -> Option<Vec<Stmt>> {
        let set = self.settable()?;
        let mut stmts = Vec::new();
        let value = if is_plain {
            self.expr(value)
        } else {
            self.evaluated_first(span, value, &mut stmts)
        };
        let name = self.expr(name);
        let name = Expr::new(span, ExprKind::Cast(Ty::Text, name));
        let branches = set.fields.into_iter().map(|(field, takes)| {
            let condition = self.is_named(span, &name, &field);
            (condition, self.set_by_name(span, field, takes, &value))
        });
        let branches = branches.collect();
        let others = set.others.then(|| {
            let class = self.class_name().into_iter();
            let words = class.chain(["set_property".to_owned()]).collect();
            let args = vec![name.clone(), value.clone()];
            vec![Stmt::expr(span, self.foreign(span, words, None, args))]
        });
        let kind = StmtKind::If(branches, others);
        stmts.push(Stmt { span, kind });
        Some(stmts)
    }

    /// A value that PHP evaluates once, before it looks for the property.
    fn evaluated_first(
        &mut self,
        span: Span,
        value: &'a syntax::Expr,
        stmts: &mut Vec<Stmt>,
    ) -> Expr {
        let value = self.expr(value);
        let local = self.local(&format!("value_{}", span.start));
        let set = ExprKind::Assign(whole(Root::Local(local)), value);
        stmts.push(Stmt::expr(span, Expr::new(span, set)));
        Expr::new(span, ExprKind::Local(local))
    }

    /// The assignment of a value to one property that a name may be of: PHP checks a type that it declares.
    fn set_by_name(&self, span: Span, field: String, takes: Takes, value: &Expr) -> Vec<Stmt> {
        let class = self.class.map_or("", |shape| &shape.class.name);
        let wrong = by_name::wrong_type(span, class, &field);
        let set = if self.is_open() {
            value.clone()
        } else {
            by_name::marked(value.clone())
        };
        let set = ExprKind::Assign(whole(Root::Field(field)), set);
        let set = vec![Stmt::expr(span, Expr::new(span, set))];
        let allowed = match takes {
            Takes::Any => return set,
            Takes::Present => Expr::new(span, ExprKind::Not(by_name::is_null(span, value))),
        };
        let kind = StmtKind::If(vec![(allowed, set)], Some(vec![wrong]));
        vec![Stmt { span, kind }]
    }

    /// `$this->$name = $value` in a loop over names that are written there.
    fn listed_property(
        &mut self,
        span: Span,
        object: &syntax::Expr,
        name: &'a syntax::Expr,
        value: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let fields = self.named_fields(name).filter(|_| object.is_this())?;
        let mut stmts = Vec::new();
        let value = self.evaluated_first(span, value, &mut stmts);
        let name = self.expr(name);
        let branches = fields.into_iter().map(|field| {
            let condition = self.is_named(span, &name, &field);
            let set = ExprKind::Assign(whole(Root::Field(field)), value.clone());
            (condition, vec![Stmt::expr(span, Expr::new(span, set))])
        });
        let kind = StmtKind::If(branches.collect(), None);
        stmts.push(Stmt { span, kind });
        Some(stmts)
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
        let reads = only_reads(text, name) || only_shows(body, name);
        let known = reads && !self.named_texts.contains_key(name);
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
                self.readable()?
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
        let (all, others) = match self.declared() {
            Some(all) => (all, false),
            None => (self.declared_here()?, true),
        };
        let name = self.plain_name(&name.value)?;
        let mut all: Vec<Expr> = all
            .into_iter()
            .map(|field| self.is_named(span, &name, &field))
            .collect();
        if others {
            let words = vec![self.class_name()?, "property_exists".to_owned()];
            let above = self.foreign(span, words, None, vec![name]);
            all.push(Expr::new(span, ExprKind::Cast(Ty::Bool, above)));
        }
        let any = |one, other| Expr::new(span, ExprKind::Or(one, other));
        let none = || Expr::new(span, ExprKind::Bool(false));
        Some(all.into_iter().reduce(any).unwrap_or_else(none))
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
}

fn whole(root: Root) -> Place {
    Place {
        root,
        path: Vec::new(),
    }
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

/// Whether statements use a variable only as the name of a member, within a text, as a key and joined with a text.
fn only_shows(body: &[syntax::Stmt], name: &str) -> bool {
    let mut parts = body.iter().flat_map(|stmt| stmt.kind.parts());
    parts.all(|part| match part {
        Part::Expr(expr) => shows(expr, name),
        Part::Body(body) => only_shows(body, name),
    })
}

fn shows(expr: &syntax::Expr, name: &str) -> bool {
    let is_own = |part: &syntax::Expr| matches!(&part.kind, PhpKind::Variable(own) if own == name);
    let reads: Vec<&syntax::Expr> = match &expr.kind {
        PhpKind::Interpolated(_)
        | PhpKind::Binary {
            op: BinaryOp::Concat,
            ..
        } => expr.children(),
        PhpKind::Property {
            member: Member::Computed(member),
            ..
        } => vec![member],
        PhpKind::Index { index, .. } => index.as_deref().into_iter().collect(),
        PhpKind::Closure(closure) => {
            let mut names = BTreeSet::new();
            named(&closure.body, &mut names);
            let captured = closure.uses.iter().any(|capture| capture.name == name);
            return !captured && !names.contains(name);
        }
        PhpKind::Variable(own) => return own != name,
        PhpKind::Unsupported { .. } => return false,
        _ => Vec::new(),
    };
    let read = |part: &syntax::Expr| reads.iter().any(|it| std::ptr::eq(*it, part));
    let mut parts = expr.children().into_iter();
    parts.all(|part| is_own(part) && read(part) || shows(part, name))
}
