//! `$this->$name = $value;`, `$this->$name`, `property_exists($this, $name)`: the property of the struct that has the
//! name.

use crate::syntax::is_word;
use std::collections::BTreeSet;

use super::escapes::is_this;
use super::{Builder, class};
use crate::hir::Ty;
use crate::hir::by_name;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{self, Arg, BinaryOp, ExprKind as PhpKind, Member, Part, Span, UnaryOp, Whole};

/// The properties that an assignment by name may set.
struct Settable {
    fields: Vec<(String, Takes)>,
    /// Whether the application has others.
    others: bool,
}

/// The values that PHP lets a property have.
#[derive(Clone, Copy)]
enum Takes {
    Any,
    /// All but null.
    Present,
    Array,
    ArrayOrNull,
}

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
        if !is_this(object) || !plain(name) || self.in_closure || assigns(value) {
            return None;
        }
        let is_plain = plain(value);
        if self.is_open() && !is_plain {
            return None;
        }
        let set = self.settable()?;
        let mut stmts = Vec::new();
        let mut value = self.expr(value);
        if !is_plain {
            let local = self.local(&format!("value_{}", span.start));
            let first = ExprKind::Assign(whole(Root::Local(local)), value);
            stmts.push(Stmt::expr(span, Expr::new(span, first)));
            value = Expr::new(span, ExprKind::Local(local));
        }
        let name = self.expr(name);
        let name = Expr::new(span, ExprKind::Cast(Ty::Text, name));
        let branches = set.fields.into_iter().map(|(field, takes)| {
            let condition = self.is_named(span, &name, &field);
            (condition, self.set_by_name(span, field, takes, &value))
        });
        let branches = branches.collect();
        let others = set.others.then(|| {
            let words = self
                .class_name()
                .into_iter()
                .chain(["set_property".to_owned()]);
            let args = vec![name.clone(), value.clone()];
            vec![Stmt::expr(
                span,
                self.foreign(span, words.collect(), None, args),
            )]
        });
        let kind = StmtKind::If(branches, others);
        stmts.push(Stmt { span, kind });
        Some(stmts)
    }

    /// The assignment of a value to one property that a name may be of: PHP checks a type that it declares.
    fn set_by_name(&self, span: Span, field: String, takes: Takes, value: &Expr) -> Vec<Stmt> {
        let class = self.class.map_or("", |shape| &shape.class.name);
        let wrong = by_name::wrong_type(span, class, &field);
        let set = match self.is_open() {
            true => value.clone(),
            false => by_name::marked(value.clone()),
        };
        let set = ExprKind::Assign(whole(Root::Field(field)), set);
        let set = vec![Stmt::expr(span, Expr::new(span, set))];
        let is_null = || by_name::is_null(span, value);
        let is_array = || Expr::new(span, ExprKind::Builtin("is_array", vec![value.clone()]));
        let allowed = match takes {
            Takes::Any => return set,
            Takes::Present => Expr::new(span, ExprKind::Not(is_null())),
            Takes::Array => is_array(),
            Takes::ArrayOrNull => Expr::new(span, ExprKind::Or(is_null(), is_array())),
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
        let fields = self.named_fields(name).filter(|_| is_this(object))?;
        let value = self.expr(value);
        let name = self.expr(name);
        let local = self.local(&format!("value_{}", span.start));
        let set = ExprKind::Assign(whole(Root::Local(local)), value);
        let first = Stmt::expr(span, Expr::new(span, set));
        let branches = fields.into_iter().map(|field| {
            let condition = self.is_named(span, &name, &field);
            let value = Expr::new(span, ExprKind::Local(local));
            let set = ExprKind::Assign(whole(Root::Field(field)), value);
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

    /// The properties of the class, if it has no others: none of a class above, and none that an assignment makes.
    fn declared(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let class = shape.class;
        let names: BTreeSet<String> = class.properties.iter().map(name_of).collect();
        let only = match class::is_component(class) {
            // What the struct does not have is another object's, or made by a method.
            true => shape.fields.keys().all(|name| names.contains(name)),
            false => self.has_all() && class::mentioned(class).is_subset(&names),
        };
        let known = only && !self.has_below() && !self.makes_properties(class);
        known.then(|| names.into_iter().collect())
    }

    /// The properties of a class whose others the application has: those of a class that is not in the file.
    fn declared_here(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let class = shape.class;
        let names: BTreeSet<String> = class.properties.iter().map(name_of).collect();
        let own = shape.fields.keys().all(|name| names.contains(name));
        let above = class.parent.is_some() && !class::is_component(class);
        (above && own && !self.has_below() && !self.is_open()).then(|| names.into_iter().collect())
    }

    /// Whether the file has a class below this one.
    fn has_below(&self) -> bool {
        let own = self
            .class
            .map(|shape| shape.class.name.to_ascii_lowercase());
        let mut others = self.names.classes.values();
        others.any(|other| other.parent.as_ref().map(syntax::Name::last) == own)
    }

    /// The properties that `$this->$name = $value` may set, where the class reads no other that it makes.
    fn settable(&self) -> Option<Settable> {
        let shape = self.class?;
        let class = shape.class;
        let magic = |method: &syntax::Method| {
            let name = method.name.to_ascii_lowercase();
            matches!(name.as_str(), "__set" | "__get" | "__isset" | "__unset")
        };
        let asks = !self.is_open() && !self.makes_properties(class);
        let above = class.parent.is_some() || !class.uses.is_empty();
        if class.methods.iter().any(magic) || above && self.is_open() {
            return None;
        }
        let fields = class.properties.iter().map(|property| {
            let takes = self.takes(shape, property)?;
            Some((property.name.clone(), takes))
        });
        let fields: Vec<_> = fields.collect::<Option<_>>()?;
        let known: BTreeSet<String> = class.properties.iter().map(name_of).collect();
        // Those that only an assignment makes may be of the class above.
        let only = if above {
            shape.fields.keys().all(|name| known.contains(name))
        } else {
            class::mentioned(class).is_subset(&known)
        };
        let component = class::is_component(class) && class.uses.is_empty();
        let whole = only && !fields.is_empty() && (asks || !component);
        let others = above && !(component && asks);
        whole.then_some(Settable { fields, others })
    }

    /// The values that a property takes where its name is a value; none where that is not known.
    fn takes(&self, shape: &class::Shape<'_>, property: &syntax::Property) -> Option<Takes> {
        let text = self.block.text.get(property.span.range())?;
        let is_readonly = text.to_ascii_lowercase().contains("readonly");
        if property.is_static || is_readonly || shape.pools.contains(&property.name) {
            return None;
        }
        let Some(written) = &property.ty else {
            return Some(Takes::Any);
        };
        let written = written.to_ascii_lowercase();
        let (nullable, ty) = match written.strip_prefix('?') {
            Some(ty) => (true, ty),
            None => (false, &*written),
        };
        if self.is_open() {
            return (ty == "mixed").then_some(Takes::Any);
        }
        match ty {
            "mixed" | "string" | "int" | "float" | "bool" => Some(Takes::Any),
            "array" if nullable => Some(Takes::ArrayOrNull),
            "array" => Some(Takes::Array),
            _ => match Ty::declared(ty) {
                Some(Ty::Client | Ty::Response | Ty::Promise | Ty::Media) if nullable => {
                    Some(Takes::Any)
                }
                Some(Ty::Client | Ty::Response | Ty::Promise | Ty::Media) => Some(Takes::Present),
                _ => None,
            },
        }
    }

    /// The properties that `$this->$name` may read, if all of them hold plain values.
    fn readable(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let fields = self.settable()?.fields;
        let plain = |name: &String| {
            let ty = shape.fields.get(name);
            matches!(ty, Some(Ty::Unknown | Ty::Any)) && !shape.foreign.contains(name)
        };
        let fields: Vec<String> = fields.into_iter().map(|(name, _)| name).collect();
        fields.iter().all(plain).then_some(fields)
    }

    /// Whether a class sets `$this->$name` where no `property_exists($this, $name)` stands around.
    fn makes_properties(&self, class: &syntax::Class) -> bool {
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

fn whole(root: Root) -> Place {
    Place {
        root,
        path: Vec::new(),
    }
}

fn name_of(property: &syntax::Property) -> String {
    property.name.clone()
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
