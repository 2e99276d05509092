//! Calls of the object's own methods whose name a value holds: `$this->$method($order)`,
//! `call_user_func([$this, $method], $order)`, `method_exists($this, $method)`.
//!
//! Each method of the class that PHP might call is an arm of a `match` over the name. A method that only a class above may
//! have is the application's, and so is one that takes or gives an object of the SDK.

use super::Builder;
use super::callable::taking;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{self, Arg, BinaryOp, ExprKind as PhpKind, Member, Method, Piece, Span};

/// The arguments of such a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'e> {
    /// An expression for each argument.
    Each(&'e [Expr]),
    /// An array that holds them.
    List(&'e Expr),
}

/// More methods than this are no `match` that a person reads.
const MOST: usize = 40;

impl<'a> Builder<'a> {
    /// `$this->$method(…)`
    pub(super) fn dispatched(
        &mut self,
        span: Span,
        object: &syntax::Expr,
        member: &'a Member,
        args: &'a [Arg],
    ) -> Option<Expr> {
        let Member::Computed(name) = member else {
            return None;
        };
        if !object.is_this() || !args.iter().all(|arg| is_plain(&arg.value)) {
            return None;
        }
        let args = self.args(args)?;
        let class = self.own_path()?;
        let name = self.method_name(name)?;
        let missing = |name: &Expr| {
            let call = text(span, &format!("Call to undefined method {class}::"));
            let message = vec![call, name.clone(), text(span, "()")];
            error(span, "Error", message)
        };
        self.arms(span, &name, Given::Each(&args), "call", &missing)
    }

    /// `call_user_func([$this, $method], …)`
    pub(super) fn user_func(
        &mut self,
        span: Span,
        function: &str,
        callee: &'a syntax::Expr,
        args: Given<'_>,
    ) -> Option<Expr> {
        let PhpKind::Array(items) = &callee.kind else {
            return None;
        };
        let [object, method] = &**items else {
            return None;
        };
        let keyed = object.key.is_some() || method.key.is_some();
        if keyed || !object.value.is_this() || matches!(method.value.kind, PhpKind::String(_)) {
            return None;
        }
        let class = self.own_path()?;
        let name = self.method_name(&method.value)?;
        let missing = |name: &Expr| {
            let message = format!(
                "{function}(): Argument #1 ($callback) must be a valid callback, class {class} does not have a method \""
            );
            let message = vec![text(span, &message), name.clone(), text(span, "\"")];
            error(span, "TypeError", message)
        };
        self.arms(span, &name, args, function, &missing)
    }

    /// `method_exists($this, $method)`
    pub(super) fn method_exists(&mut self, span: Span, args: &'a [Arg]) -> Option<Expr> {
        let [object, name] = args else {
            return None;
        };
        if !object.value.is_this() || !is_plain(&name.value) {
            return None;
        }
        let shape = self.class?;
        let name = self.expr(&name.value);
        let name = Expr::new(span, ExprKind::Cast(Ty::Text, name));
        let lower = Expr::new(span, ExprKind::Builtin("strtolower", vec![name.clone()]));
        let own = shape.class.methods.iter();
        let own = own.map(|method| {
            let method = text(span, &method.name.to_ascii_lowercase());
            let same = ExprKind::Binary(BinaryOp::Identical, lower.clone(), method);
            Expr::new(span, same)
        });
        let own = own.reduce(|one, other| Expr::new(span, ExprKind::Or(one, other)))?;
        if self.has_all() {
            return Some(own);
        }
        let above = self.foreign(span, vec!["method_exists".to_owned()], None, vec![name]);
        let above = Expr::new(span, ExprKind::Cast(Ty::Bool, above));
        Some(Expr::new(span, ExprKind::Or(own, above)))
    }

    /// The name of a method, if it may be evaluated more than once.
    fn method_name(&mut self, name: &'a syntax::Expr) -> Option<Expr> {
        if !is_plain(name) || self.is_open() {
            return None;
        }
        let name = self.expr(name);
        Some(Expr::new(name.span, ExprKind::Cast(Ty::Text, name)))
    }

    /// Whether the class has no method but those that it declares.
    pub(super) fn has_all(&self) -> bool {
        self.class.is_some_and(|shape| {
            let class = shape.class;
            let magic = |method: &Method| method.name.eq_ignore_ascii_case("__call");
            let before = self
                .block
                .text
                .get(..class.name_span.start)
                .unwrap_or_default();
            let mut words = before
                .rsplit(char::is_whitespace)
                .filter(|word| !word.is_empty());
            // A class below an abstract one may have more.
            let whole = words
                .nth(1)
                .is_none_or(|word| !word.eq_ignore_ascii_case("abstract"));
            let alone = whole && class.parent.is_none() && class.uses.is_empty();
            class.kind == "class" && alone && !class.methods.iter().any(magic)
        })
    }

    fn own_path(&self) -> Option<String> {
        self.qualified(&self.class?.class.name)
    }

    fn arms(
        &mut self,
        span: Span,
        name: &Expr,
        args: Given<'_>,
        word: &str,
        missing: &dyn Fn(&Expr) -> Expr,
    ) -> Option<Expr> {
        let class = self.class?.class;
        self.names.dispatches.set(true);
        let plain = self.names.named.as_ref()?;
        let methods = callable(class)?;
        let application = |builder: &Self| {
            let mut all = vec![name.clone()];
            match args {
                Given::Each(args) => all.extend(args.iter().cloned()),
                Given::List(list) => all.push(list.clone()),
            }
            let words = vec![class.name.clone(), word.to_owned()];
            builder.foreign(span, words, None, all)
        };
        let mut arms = Vec::new();
        for method in methods {
            let names = [&class.name, &method.name].map(|name| name.to_ascii_lowercase());
            let params = &method.closure.params;
            let needed = params
                .iter()
                .filter(|param| param.default.is_none())
                .count();
            let known = plain.contains(&names.into());
            let value = match args {
                Given::Each(args) if args.len() < needed => {
                    self.too_few(span, &method.name, args.len(), (needed, params.len()))?
                }
                _ if !known => application(self),
                Given::Each(args) => {
                    let call = |args| ExprKind::Method(method.name.clone(), args);
                    taking(span, args.to_vec(), params.len(), call)
                }
                Given::List(list) => {
                    let function = format!("{}::{}", self.own_path()?, method.name);
                    let call = |args| ExprKind::Method(method.name.clone(), args);
                    self.with_list(span, &function, params, list.clone(), &call)?
                }
            };
            let arm = text(span, &method.name.to_ascii_lowercase());
            arms.push((Some(vec![arm]), value));
        }
        let other = if self.has_all() {
            missing(name)
        } else {
            application(self)
        };
        arms.push((None, other));
        let lower = ExprKind::Builtin("strtolower", vec![name.clone()]);
        let lower = Expr::new(span, lower);
        Some(Expr::new(span, ExprKind::Match(lower, arms)))
    }

    fn too_few(
        &self,
        span: Span,
        method: &str,
        given: usize,
        (needed, all): (usize, usize),
    ) -> Option<Expr> {
        let class = self.own_path()?;
        let bound = if needed == all { "exactly" } else { "at least" };
        let message = format!(
            "Too few arguments to function {class}::{method}(), {given} passed and {bound} {needed} expected"
        );
        Some(error(
            span,
            "ArgumentCountError",
            vec![text(span, &message)],
        ))
    }
}

/// The methods of a class that PHP may call by name, if all of them can be called here.
fn callable(class: &syntax::Class) -> Option<Vec<&Method>> {
    let methods = class.methods.iter();
    let methods: Vec<_> = methods
        .filter(|method| !method.name.starts_with("__"))
        .collect();
    let known = |method: &&Method| {
        let mut params = method.closure.params.iter();
        method.has_body && !params.any(|param| param.variadic || param.by_reference)
    };
    let few = !methods.is_empty() && methods.len() <= MOST;
    (few && methods.iter().all(known)).then_some(methods)
}

fn text(span: Span, text: &str) -> Expr {
    Expr::new(span, ExprKind::Text(text.to_owned()))
}

fn error(span: Span, class: &str, message: Vec<Expr>) -> Expr {
    let message = Expr::new(span, ExprKind::Concat(message));
    let made = ExprKind::NewThrown(class.to_owned(), Vec::new(), vec![message]);
    Expr::new(span, ExprKind::Throw(Expr::new(span, made)))
}

/// Whether an expression only reads variables: evaluated twice or not at all, it is the same.
fn is_plain(value: &syntax::Expr) -> bool {
    match &value.kind {
        PhpKind::Variable(name) => name != "this",
        PhpKind::Null
        | PhpKind::Bool(_)
        | PhpKind::Int(_)
        | PhpKind::Float(_)
        | PhpKind::String(_) => true,
        PhpKind::Interpolated(pieces) => pieces.iter().all(|piece| match piece {
            Piece::Value(value) => is_plain(value),
            _ => true,
        }),
        PhpKind::Binary {
            op: BinaryOp::Concat,
            left,
            right,
        } => is_plain(left) && is_plain(right),
        PhpKind::Index {
            object,
            index: Some(index),
        } => is_plain(object) && is_plain(index),
        PhpKind::Call { function, args } => {
            let pure = [
                "ucfirst",
                "lcfirst",
                "strtolower",
                "strtoupper",
                "ucwords",
                "trim",
            ];
            let plain = args
                .iter()
                .all(|arg| arg.name.is_none() && is_plain(&arg.value));
            pure.contains(&function.last().as_str()) && plain
        }
        _ => false,
    }
}
