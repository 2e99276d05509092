//! Calls and properties by their names, which PHP looks up when it runs: what `--emit request` interprets.

mod place;
mod statement;

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::changes;
use crate::hir::tree::{Expr, ExprKind, Method, Open, Unresolved};
use crate::recognise::{self, Call, Verb};
use crate::syntax::{
    self, Arg, BinaryOp, Closure, ExprKind as PhpKind, Member, Name, Span, UnaryOp, WholeExpr,
};

impl<'a> Builder<'a> {
    /// A node that keeps its name; nothing for an expression that is the same in the tree for Rust.
    pub(super) fn unresolved(&mut self, expr: &'a syntax::Expr) -> Option<Expr> {
        let span = expr.span;
        if let Some(named) = self.named(expr) {
            return Some(named);
        }
        Some(match &expr.kind {
            PhpKind::Variable(name) => Expr::new(span, ExprKind::Local(self.local(name))),
            PhpKind::Constant(name) => self.open_constant(span, name),
            PhpKind::ClassConstant { class, name } => open_class_constant(span, class, name),
            PhpKind::Property { object, member } => {
                let object = self.before_arrow(object);
                let key = self.behind_arrow(span, member);
                let key = unresolved(key.span, Unresolved::Member(key));
                Expr::new(span, ExprKind::Index(object, key))
            }
            PhpKind::Index { object, index } => self.open_index(span, object, index.as_deref()),
            PhpKind::Call { function, args } => self.open_call(span, function, args),
            PhpKind::CallValue { callee, args } => {
                let callee = self.expr(callee);
                let args = self.values(args);
                Expr::new(span, ExprKind::CallClosure(callee, args))
            }
            PhpKind::MethodCall {
                object,
                method,
                args,
            } => self.open_method(span, object, method, args),
            PhpKind::StaticCall {
                class,
                method,
                args,
            } => {
                let args = self.values(args);
                unresolved(
                    span,
                    Unresolved::Static(class.clone(), method.clone(), args),
                )
            }
            PhpKind::New { class, args } => {
                let args = self.values(args);
                unresolved(span, Unresolved::New(class.clone(), args))
            }
            PhpKind::Clone(inner) => {
                let inner = self.expr(inner);
                unresolved(span, Unresolved::Clone(inner))
            }
            PhpKind::Closure(closure) => self.open_closure(span, closure),
            PhpKind::Assign { target, op, value } => self.open_assign(span, target, *op, value),
            PhpKind::Unary {
                op: UnaryOp::BitNot,
                operand,
            } => {
                let operand = self.expr(operand);
                of_a_run(span, "the operator `~`", vec![operand])
            }
            PhpKind::Binary { op, left, right } => return self.open_binary(span, *op, left, right),
            PhpKind::Throw(inner) | PhpKind::Include(inner) => {
                let inner = self.expr(inner);
                of_a_run(span, "what another file returns", vec![inner])
            }
            PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Match { .. }) => return None,
            PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Step { .. }) => {
                return self.open_step(span, whole);
            }
            PhpKind::Whole(_) => of_a_run(span, "what only whole files use", Vec::new()),
            PhpKind::Unsupported { what } => self.unsupported(span, what, "write it out"),
            _ => return None,
        })
    }

    /// A call with names of arguments: by its place each would be something else.
    fn named(&mut self, expr: &'a syntax::Expr) -> Option<Expr> {
        let (object, args) = match &expr.kind {
            PhpKind::Call { function, .. } if self.names.called(function).is_some() => {
                return None;
            }
            PhpKind::MethodCall { object, args, .. } => (Some(object), args),
            PhpKind::Call { args, .. }
            | PhpKind::CallValue { args, .. }
            | PhpKind::StaticCall { args, .. }
            | PhpKind::New { args, .. } => (None, args),
            _ => return None,
        };
        let named = args.iter().find(|arg| arg.name.is_some())?;
        Some(self.misnamed(expr.span, named, object.map(|object| &**object), args))
    }

    fn misnamed(
        &mut self,
        span: Span,
        named: &Arg,
        object: Option<&'a syntax::Expr>,
        args: &'a [Arg],
    ) -> Expr {
        let name = named.name.as_deref().unwrap_or_default();
        let message = format!("the named argument `{name}:` is not followed here");
        let hint = "write the arguments in their order";
        let problem = Problem::error(named.value.span, message).hint(hint);
        let mut parts: Vec<_> = object
            .into_iter()
            .map(|object| self.before_arrow(object))
            .collect();
        parts.extend(self.values(args));
        told(span, problem, parts, Vec::new())
    }

    /// `$i++` and its kin.
    fn open_step(&mut self, span: Span, step: &'a WholeExpr) -> Option<Expr> {
        let WholeExpr::Step { target, up, before } = step else {
            return None;
        };
        let (up, before) = (*up, *before);
        Some(match self.open_place(target) {
            Ok(place) => Expr::new(span, ExprKind::Step { place, up, before }),
            Err(refused) => refused,
        })
    }

    fn open_constant(&self, span: Span, name: &Name) -> Expr {
        let last = name.resolved.rsplit('\\').next().unwrap_or_default();
        match self.known_constant(span, last) {
            Some(known) => Expr::new(span, known),
            None => {
                let what = format!("the constant `{}`", name.written);
                of_a_run(span, &what, Vec::new())
            }
        }
    }

    fn open_index(
        &mut self,
        span: Span,
        object: &'a syntax::Expr,
        index: Option<&'a syntax::Expr>,
    ) -> Expr {
        let object = self.before_arrow(object);
        match index {
            Some(index) => Expr::new(span, ExprKind::Index(object, self.expr(index))),
            None => {
                let problem = Problem::error(span, "`[]` has no value");
                told(span, problem, vec![object], Vec::new())
            }
        }
    }

    /// A function of the file, or of PHP.
    fn open_call(&mut self, span: Span, function: &Name, args: &'a [Arg]) -> Expr {
        let name = function.last();
        if let Some(own) = self.names.called(function) {
            let named = args.iter().find(|arg| arg.name.is_some());
            let given = match named {
                None => Some(self.values(args)),
                Some(_) => self.named_args(&own.params, args),
            };
            return match (given, named) {
                (None, Some(named)) => self.misnamed(span, named, None, args),
                (given, _) => Expr::new(span, ExprKind::Call(name, given.unwrap_or_default())),
            };
        }
        match (name.as_str(), args) {
            ("isset", [_, ..]) => {
                let all = args.iter().map(|arg| {
                    let value = self.expr(&arg.value);
                    Expr::new(arg.value.span, ExprKind::Isset(value))
                });
                let all: Vec<_> = all.collect();
                let both = |one, other| Expr::new(span, ExprKind::And(one, other));
                let all = all.into_iter().reduce(both);
                all.unwrap_or_else(|| Expr::new(span, ExprKind::Bool(true)))
            }
            ("empty", [arg]) => {
                let value = self.expr(&arg.value);
                let null = Expr::new(span, ExprKind::Null);
                let there = Expr::new(span, ExprKind::Coalesce(value, null));
                Expr::new(span, ExprKind::Not(there))
            }
            ("unset", [arg]) => self.open_unset(&arg.value),
            _ => unresolved(span, Unresolved::Function(name, self.values(args))),
        }
    }

    fn open_unset(&mut self, target: &'a syntax::Expr) -> Expr {
        match self.open_place(target) {
            Ok(place) => Expr::new(target.span, ExprKind::Unset(place)),
            Err(refused) => refused,
        }
    }

    fn open_method(
        &mut self,
        span: Span,
        object: &'a syntax::Expr,
        method: &'a Member,
        args: &'a [Arg],
    ) -> Expr {
        let verb = method.name().and_then(Verb::of);
        let path = verb.and_then(|_| Call::path_on(object));
        let path = path.map(|(client, steps)| (recognise::client_name(client), steps.len()));
        let object = self.before_arrow(object);
        let name = self.behind_arrow(span, method);
        let args = self.values(args);
        let method = Method {
            object,
            name,
            args,
            path,
        };
        unresolved(span, Unresolved::Method(method))
    }

    fn open_closure(&mut self, span: Span, closure: &'a Closure) -> Expr {
        let mut built = self.closure(span, closure);
        let shared = closure.uses.iter().filter(|capture| capture.by_reference);
        let shared: Vec<_> = shared.map(|capture| &capture.name).collect();
        let ExprKind::Closure(function, _) = &mut *built.kind else {
            return built;
        };
        let written = changes::written(&mut function.body, &function.locals);
        let changed = |name: &&String| written.contains(*name) || written.contains("*");
        let shared: Vec<_> = shared.into_iter().filter(changed).cloned().collect();
        if shared.is_empty() {
            built
        } else {
            unresolved(span, Unresolved::Sharing(built, shared))
        }
    }

    fn open_binary(
        &mut self,
        span: Span,
        op: BinaryOp,
        left: &'a syntax::Expr,
        right: &'a syntax::Expr,
    ) -> Option<Expr> {
        match op {
            BinaryOp::InstanceOf => {
                let left = self.expr(left);
                Some(of_a_run(span, "the class of an object", vec![left]))
            }
            BinaryOp::BitOr
            | BinaryOp::BitAnd
            | BinaryOp::BitXor
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight => {
                let kind = ExprKind::Binary(op, self.expr(left), self.expr(right));
                Some(Expr::new(span, kind))
            }
            _ => None,
        }
    }

    fn touched_by(&self, span: Span) -> Vec<String> {
        let touched = self.names.touched.and_then(|touched| touched.get(&span));
        touched.cloned().unwrap_or_default()
    }

    fn unsupported(&self, span: Span, what: &str, hint: &str) -> Expr {
        let problem = Problem::error(span, format!("{what} is not followed here")).hint(hint);
        told(span, problem, Vec::new(), self.touched_by(span))
    }

    /// The expression before `->` and `[`. A static property is a client that the code does not make.
    fn before_arrow(&mut self, object: &'a syntax::Expr) -> Expr {
        if recognise::is_static_property(object) {
            let local = self.local(OTHER_CLIENT);
            Expr::new(object.span, ExprKind::Local(local))
        } else {
            self.expr(object)
        }
    }

    fn behind_arrow(&mut self, span: Span, member: &'a Member) -> Expr {
        match member {
            Member::Name { name, .. } => Expr::new(span, ExprKind::Text(name.clone())),
            Member::Computed(computed) => self.expr(computed),
        }
    }

    fn values(&mut self, args: &'a [Arg]) -> Vec<Expr> {
        args.iter().map(|arg| self.expr(&arg.value)).collect()
    }
}

/// The name of a client that the code does not make: no variable has such a name.
const OTHER_CLIENT: &str = "\0client";

fn open_class_constant(span: Span, class: &Name, name: &str) -> Expr {
    if name == "class" {
        return Expr::new(span, ExprKind::Text(class.resolved.clone()));
    }
    match crate::hir::sdk_class::constant(class, name) {
        Some(text) => Expr::new(span, ExprKind::Text(text.to_owned())),
        None => {
            let what = format!("the constant `{}::{name}`", class.written);
            of_a_run(span, &what, Vec::new())
        }
    }
}

fn unresolved(span: Span, unresolved: Unresolved) -> Expr {
    Expr::new(span, ExprKind::Unresolved(Box::new(unresolved)))
}

fn of_a_run(span: Span, what: &str, parts: Vec<Expr>) -> Expr {
    let open = Open {
        what: what.to_owned(),
        told: None,
        parts,
        changes: Vec::new(),
    };
    unresolved(span, Unresolved::Open(open))
}

fn told(span: Span, problem: Problem, parts: Vec<Expr>, changes: Vec<String>) -> Expr {
    let open = Open {
        what: problem.message.clone(),
        told: Some(problem),
        parts,
        changes,
    };
    unresolved(span, Unresolved::Open(open))
}
