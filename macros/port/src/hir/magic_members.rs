//! `__get`, `__set`, `__isset`, `__call` and `__callStatic` of a class, where its methods name a member that it does not declare.
//!
//! PHP calls them at run time; here, the call is written. `__destruct` is refused: nothing says when PHP would call it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::made_properties::{self, assigned};
use crate::diagnostic::Problem;
use crate::syntax::{
    Arg, BinaryOp, Cast, Class, Expr, ExprKind, Item, Member, Name, PartMut, Program, Span, Stmt,
    StmtKind, UnaryOp, Whole, WholeExpr,
};

pub(super) fn program(program: Cow<'_, Program>) -> (Cow<'_, Program>, Vec<Problem>) {
    let mut changed = program.clone().into_owned();
    let mut problems = Vec::new();
    if classes(&mut changed.statements, &mut problems) {
        (Cow::Owned(changed), problems)
    } else {
        (program, problems)
    }
}

/// Reads all classes; gives whether one has such a method.
fn classes(statements: &mut [Stmt], problems: &mut Vec<Problem>) -> bool {
    let mut some = false;
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => some |= classes(body, problems),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    some |= of_class(class, problems);
                }
            }
            _ => {}
        }
    }
    some
}

fn of_class(class: &mut Class, problems: &mut Vec<Problem>) -> bool {
    if class.kind == "interface" {
        return false;
    }
    let mut some = without_destructor(class, problems);
    // What the class has from elsewhere is not known.
    let known = class.uses.is_empty() && (class.parent.is_none() || !class.inherited.is_empty());
    let own = Own::of(class);
    if known && !own.magic.is_empty() {
        some = true;
        if own.has("__get") && !own.has("__set") {
            made_properties::refuse(class, problems);
        }
        for method in &mut class.methods {
            let mut reader = Reader {
                own: &own,
                method: method.name.to_ascii_lowercase(),
                is_static: method.is_static,
                problems,
            };
            reader.statements(&mut method.closure.body);
        }
    }
    some
}

/// Drops a destructor that does nothing, and refuses others.
fn without_destructor(class: &mut Class, problems: &mut Vec<Problem>) -> bool {
    let is_destructor = |name: &str| name.eq_ignore_ascii_case("__destruct");
    let mut methods = class.methods.iter();
    let Some(found) = methods.find(|method| is_destructor(&method.name)) else {
        return false;
    };
    let empty = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Empty);
    if !found.closure.body.iter().all(empty) {
        let message = format!(
            "`__destruct` of `{}`: nothing calls it in the Rust",
            class.name
        );
        let hint = "call what it does where the object is no longer needed";
        problems.push(Problem::error(found.span, message).hint(hint));
    }
    class.methods.retain(|method| !is_destructor(&method.name));
    true
}

/// The members of a class.
struct Own {
    magic: BTreeSet<String>,
    methods: BTreeSet<String>,
    properties: BTreeSet<String>,
}

impl Own {
    fn of(class: &Class) -> Self {
        let methods = class.methods.iter().filter(|method| method.has_body);
        let methods: BTreeSet<_> = methods.map(|it| it.name.to_ascii_lowercase()).collect();
        let magic = ["__get", "__set", "__isset", "__call", "__callstatic"];
        let magic = magic.iter().filter(|name| methods.contains(**name));
        let mut own = Self {
            magic: magic.map(|name| (*name).to_owned()).collect(),
            properties: class.properties.iter().map(|it| it.name.clone()).collect(),
            methods,
        };
        // Without `__set`, an assignment makes a property, which PHP reads itself.
        if !own.has("__set") {
            for method in &class.methods {
                assigned(&method.closure.body, &mut own.properties);
            }
        }
        own
    }

    fn has(&self, name: &str) -> bool {
        self.magic.contains(name)
    }
}

struct Reader<'r> {
    own: &'r Own,
    /// The method, in lower case.
    method: String,
    is_static: bool,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_> {
    fn statements(&mut self, statements: &mut [Stmt]) {
        for stmt in statements {
            if let StmtKind::Expr(expr) = &mut stmt.kind
                && let Some(set) = self.set(expr)
            {
                *expr = set;
                continue;
            }
            for part in stmt.kind.parts_mut() {
                match part {
                    PartMut::Expr(expr) => self.expr(expr),
                    PartMut::Body(body) => self.statements(body),
                }
            }
        }
    }

    /// `$this->name = $value;`
    fn set(&mut self, expr: &mut Expr) -> Option<Expr> {
        let (target, _) = expr.assignment()?;
        let name = self.undeclared(target).filter(|_| self.own.has("__set"))?;
        if self.method == "__set" {
            return None;
        }
        let ExprKind::Assign { value, .. } = &mut expr.kind else {
            return None;
        };
        self.expr(value);
        let args = vec![text(expr.span, &name), (**value).clone()];
        Some(call(expr.span, "__set", args))
    }

    /// A property of the object that the class does not declare.
    fn undeclared(&self, expr: &Expr) -> Option<String> {
        let ExprKind::Property { object, member } = &expr.kind else {
            return None;
        };
        let this = object.is_this();
        let name = member.name().filter(|_| this)?;
        (!self.own.properties.contains(name)).then(|| name.to_owned())
    }

    /// The property that an access begins with.
    fn root(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Index { object, .. } => self.root(object),
            ExprKind::Property { object, .. } => {
                self.undeclared(expr).or_else(|| self.root(object))
            }
            _ => None,
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Closure(closure) = &mut expr.kind {
            self.statements(&mut closure.body);
            return;
        }
        if self.asks(expr) || self.changes(expr) || self.calls(expr) {
            return;
        }
        if let Some(name) = self.undeclared(expr)
            && self.own.has("__get")
            && self.method != "__get"
        {
            *expr = call(expr.span, "__get", vec![text(expr.span, &name)]);
            return;
        }
        expr.children_mut()
            .into_iter()
            .for_each(|child| self.expr(child));
    }

    /// `isset`, `empty` and `??` ask `__isset` before `__get`.
    fn asks(&mut self, expr: &mut Expr) -> bool {
        if matches!(&*self.method, "__get" | "__isset") {
            return false;
        }
        let span = expr.span;
        match &mut expr.kind {
            ExprKind::Call { function, args } if function.last() == "isset" => {
                let some = args.iter().any(|arg| self.root(&arg.value).is_some());
                if !some || !(self.own.has("__isset") || self.own.has("__get")) {
                    return false;
                }
                let all: Vec<Expr> = args.iter().map(|arg| self.is_set(&arg.value)).collect();
                let both = |one, other| binary(span, BinaryOp::And, one, other);
                if let Some(all) = all.into_iter().reduce(both) {
                    *expr = all;
                }
                true
            }
            ExprKind::Call { function, args } if function.last() == "empty" => {
                let Some(arg) = args.first().filter(|arg| self.root(&arg.value).is_some()) else {
                    return false;
                };
                if !(self.own.has("__isset") || self.own.has("__get")) {
                    return false;
                }
                let there = self.is_set(&arg.value);
                let mut value = arg.value.clone();
                self.expr(&mut value);
                *expr = not(span, binary(span, BinaryOp::And, there, value));
                true
            }
            ExprKind::Binary {
                op: BinaryOp::Coalesce,
                left,
                right,
            } if self.root(left).is_some() => {
                if !(self.own.has("__isset") || self.own.has("__get")) {
                    return false;
                }
                self.expr(right);
                let root = self.root(left);
                self.expr(left);
                // Without `__isset`, PHP asks `__get` alone.
                if let Some(name) = root.filter(|_| self.own.has("__isset")) {
                    let null = Box::new(plain(span, ExprKind::Null));
                    let value = binary(span, BinaryOp::Coalesce, (**left).clone(), *null.clone());
                    let condition = call(span, "__isset", vec![text(span, &name)]);
                    let asked = ExprKind::Ternary {
                        condition: Box::new(condition),
                        then: Some(Box::new(value)),
                        otherwise: null,
                    };
                    **left = plain(span, asked);
                }
                true
            }
            _ => false,
        }
    }

    /// `isset($value)`
    fn is_set(&mut self, value: &Expr) -> Expr {
        let span = value.span;
        let isset = |value: Expr| Expr {
            span,
            kind: ExprKind::Call {
                function: named(span, "isset"),
                args: vec![Arg { name: None, value }],
            },
        };
        let Some(name) = self.root(value) else {
            return isset(value.clone());
        };
        let direct = self.undeclared(value).is_some();
        let mut within = value.clone();
        if !self.own.has("__isset") {
            self.expr(&mut within);
            let never = Expr {
                span,
                kind: ExprKind::Bool(false),
            };
            return if direct { never } else { isset(within) };
        }
        let there = Expr {
            span,
            kind: ExprKind::Cast {
                to: Cast::Bool,
                value: Box::new(call(span, "__isset", vec![text(span, &name)])),
            },
        };
        if direct {
            return there;
        }
        self.expr(&mut within);
        binary(span, BinaryOp::And, there, isset(within))
    }

    /// A change within an expression, which the methods cannot do.
    fn changes(&mut self, expr: &mut Expr) -> bool {
        let target = match &expr.kind {
            ExprKind::Assign { target, .. } => &**target,
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::Step { target, .. } | WholeExpr::CoalesceAssign(target, _) => target,
                _ => return false,
            },
            _ => return false,
        };
        let magic = self.own.has("__set") || self.own.has("__get");
        if self.method.starts_with("__") || !magic || self.root(target).is_none() {
            return false;
        }
        let message = "a change of a property that `__get` or `__set` stands for";
        let hint = "write it as a call of the method";
        self.problems
            .push(Problem::error(expr.span, message).hint(hint));
        true
    }

    fn calls(&mut self, expr: &mut Expr) -> bool {
        let span = expr.span;
        let by_object = matches!(expr.kind, ExprKind::MethodCall { .. });
        let (name, args, is_static) = match &mut expr.kind {
            ExprKind::MethodCall {
                object,
                method,
                args,
            } if object.is_this() => {
                let Some(name) = method.name() else {
                    return false;
                };
                (name.to_owned(), args, false)
            }
            ExprKind::StaticCall {
                class,
                method,
                args,
            } if matches!(class.written.as_str(), "self" | "static") => {
                (method.clone(), args, self.is_static)
            }
            _ => return false,
        };
        let magic = if is_static || !self.own.has("__call") {
            "__callstatic"
        } else {
            "__call"
        };
        let is_own = self.own.methods.contains(&name.to_ascii_lowercase());
        let plain = args.iter().all(|arg| arg.name.is_none());
        // `$this->name()` never is `__callStatic`.
        if is_own || !self.own.has(magic) || !plain || by_object && magic != "__call" {
            return false;
        }
        let items = args.iter_mut().map(|arg| {
            self.expr(&mut arg.value);
            Item {
                span: arg.value.span,
                key: None,
                value: arg.value.clone(),
            }
        });
        let items = Expr {
            span,
            kind: ExprKind::Array(items.collect()),
        };
        let args = vec![text(span, &name), items];
        *expr = if magic == "__call" {
            call(span, magic, args)
        } else {
            Expr {
                span,
                kind: ExprKind::StaticCall {
                    class: named(span, "self"),
                    method: "__callStatic".to_owned(),
                    args: args
                        .into_iter()
                        .map(|value| Arg { name: None, value })
                        .collect(),
                },
            }
        };
        true
    }
}

fn call(span: Span, method: &str, args: Vec<Expr>) -> Expr {
    let this = ExprKind::Variable("this".to_owned());
    let args = args.into_iter().map(|value| Arg { name: None, value });
    Expr {
        span,
        kind: ExprKind::MethodCall {
            object: Box::new(Expr { span, kind: this }),
            method: Member::Name {
                name: method.to_owned(),
                span,
            },
            args: args.collect(),
        },
    }
}

fn plain(span: Span, kind: ExprKind) -> Expr {
    Expr { span, kind }
}

fn text(span: Span, text: &str) -> Expr {
    plain(span, ExprKind::String(text.to_owned()))
}

fn binary(span: Span, op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr {
        span,
        kind: ExprKind::Binary {
            op,
            left: Box::new(left),
            right: Box::new(right),
        },
    }
}

fn not(span: Span, operand: Expr) -> Expr {
    Expr {
        span,
        kind: ExprKind::Unary {
            op: UnaryOp::Not,
            operand: Box::new(operand),
        },
    }
}

fn named(span: Span, name: &str) -> Name {
    Name {
        span,
        written: name.to_owned(),
        resolved: name.to_owned(),
    }
}
