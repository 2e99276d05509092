//! `$client->…Async(…)->then(function ($response) use (&$result) { … })->otherwise(…)->wait();`: handlers that set variables
//! of the function are the statements behind the call, and a `catch`.
//!
//! That holds where the statement waits for the promise, and where neither handler returns on its way.

use std::collections::BTreeSet;

use super::held::mentions;
use super::parent::returns;
use super::{Builder, sdk};
use crate::hir::tree::{
    Catch, Expr, ExprKind, Function, PathPiece, Place, Promise, Root, Stmt, StmtKind,
};
use crate::hir::walk::Use;
use crate::recognise::{Call, Handler};
use crate::syntax::{self, Closure, ExprKind as PhpKind, Part, Span};

impl<'a> Builder<'a> {
    pub(super) fn shared_handlers(
        &mut self,
        span: Span,
        expr: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let handlers = handlers(expr)?;
        if self.is_open() || self.loops > 0 || self.in_closure {
            return None;
        }
        let spans = handlers.iter().map(|handler| handler.span);
        self.sharing = spans.collect();
        let built = self.sdk(expr);
        self.sharing.clear();
        let ExprKind::Wait(promise) = *built?.kind else {
            return None;
        };
        let waited = promise.span;
        let ExprKind::Promise(promise) = *promise.kind else {
            return None;
        };
        let v3 = matches!(promise.call.path.first(), Some(PathPiece::Text(text)) if text.starts_with("v3/"));
        if !v3 {
            let message =
                "`use (&$x)` of a handler, where the answer may be why the promise was rejected";
            let kind = StmtKind::Expr(super::refused(span, message));
            return Some(vec![Stmt { span, kind }]);
        }
        let mut out = self.made_null(span, &handlers);
        let Some((mut body, catches)) = self.behind(waited, *promise, &handlers) else {
            let message = "`use (&$x)` of a handler that sets a copy of another variable, too";
            let kind = StmtKind::Expr(super::refused(span, message));
            return Some(vec![Stmt { span, kind }]);
        };
        if catches.is_empty() {
            out.append(&mut body);
        } else {
            let finally = None;
            let kind = StmtKind::Try {
                body,
                catches,
                finally,
            };
            out.push(Stmt { span, kind });
        }
        Some(out)
    }

    /// The call with the statements behind it, and those for its failure; `None` where a handler sets a copy.
    fn behind(
        &mut self,
        waited: Span,
        mut promise: Promise,
        handlers: &[Shared<'a>],
    ) -> Option<(Vec<Stmt>, Vec<Catch>)> {
        let (mut body, mut catches) = (Vec::new(), Vec::new());
        for (fulfilled, rejected) in std::mem::take(&mut promise.handlers) {
            for (handler, fails) in [(fulfilled, false), (rejected, true)] {
                let Some(ExprKind::Closure(function, captures)) = handler.map(|it| *it.kind) else {
                    continue;
                };
                let (variable, inner) = self.adopted(*function, &captures, handlers)?;
                if fails {
                    catches.push(Catch {
                        classes: vec!["Throwable".to_owned()],
                        variable,
                        body: inner,
                    });
                } else {
                    body.push(called(waited, &promise, variable));
                    body.extend(inner);
                }
            }
        }
        if body.is_empty() {
            body.push(called(waited, &promise, None));
        }
        Some((body, catches))
    }

    /// Whether a closure is such a handler: its variables are the function's.
    pub(super) fn shares(&self, span: Span) -> bool {
        self.sharing.contains(&span)
    }

    /// A reference to a variable that is not set makes it null.
    fn made_null(&mut self, span: Span, handlers: &[Shared<'a>]) -> Vec<Stmt> {
        let names: BTreeSet<&str> = handlers.iter().flat_map(Shared::references).collect();
        let made = names.into_iter().map(|name| {
            let place = place(self.local(name));
            let null = Expr::new(span, ExprKind::Null);
            Stmt::expr(span, Expr::new(span, ExprKind::AssignMissing(place, null)))
        });
        made.collect()
    }

    /// The statements of a handler with the function's variables, and the one that it is given; `None` where it sets a
    /// variable that it has a copy of, which the function's would not be.
    fn adopted(
        &mut self,
        mut function: Function,
        captures: &[(usize, usize)],
        handlers: &[Shared<'a>],
    ) -> Option<(Option<usize>, Vec<Stmt>)> {
        if sets_a_copy(&mut function, captures, handlers) {
            return None;
        }
        let renamed: Vec<_> = (0..function.locals.len())
            .map(|own| match captures.iter().find(|(_, it)| *it == own) {
                Some((outer, _)) => *outer,
                None => self.own(&function.locals[own].name, handlers),
            })
            .collect();
        let own = function.params.iter().map(|param| param.local);
        let given = own
            .filter(|local| !captures.iter().any(|(_, own)| own == local))
            .map(|local| renamed[local])
            .next();
        for stmt in &mut function.body {
            stmt.locals_mut(&mut |local, _| *local = renamed[*local]);
        }
        if let Some(last) = function.body.last_mut()
            && let StmtKind::Return(value) = &mut last.kind
        {
            match value.take() {
                Some(value) => last.kind = StmtKind::Expr(value),
                None => drop(function.body.pop()),
            }
        }
        Some((given, function.body))
    }

    /// A variable for one of a handler, which the code around it does not name.
    fn own(&mut self, name: &str, handlers: &[Shared<'a>]) -> usize {
        let text = self.block.text.as_str();
        let inside = handlers
            .iter()
            .map(|it| mentions(self.source(it.span), name));
        let is_taken =
            |free: &str, inside| self.by_name.contains_key(free) || mentions(text, free) > inside;
        let mut free = name.to_owned();
        let mut number = 2;
        let mut taken = is_taken(&free, inside.sum());
        while taken {
            free = format!("{name}_{number}");
            number += 1;
            taken = is_taken(&free, 0);
        }
        self.local(&free)
    }
}

/// Whether a handler sets a variable that `use ($x)` gives it.
fn sets_a_copy(
    function: &mut Function,
    captures: &[(usize, usize)],
    handlers: &[Shared<'_>],
) -> bool {
    let names: Vec<_> = function.locals.iter().map(|it| it.name.clone()).collect();
    let is_shared = |name: &str| {
        let mut references = handlers.iter().flat_map(Shared::references);
        references.any(|known| known == name)
    };
    let is_copy =
        |local: usize| captures.iter().any(|(_, own)| *own == local) && !is_shared(&names[local]);
    let mut set = false;
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, how| set |= how != Use::Read && is_copy(*local));
    }
    set
}

/// The call, whose answer a variable is given.
fn called(span: Span, promise: &Promise, answer: Option<usize>) -> Stmt {
    let call = promise.call.span;
    let promise = Expr::new(span, ExprKind::Promise(Box::new(promise.clone())));
    let waited = Expr::new(span, ExprKind::Wait(promise));
    let kind = match answer {
        Some(local) => ExprKind::Assign(place(local), waited),
        None => return Stmt::expr(call, waited),
    };
    Stmt::expr(call, Expr::new(span, kind))
}

fn place(local: usize) -> Place {
    Place {
        root: Root::Local(local),
        path: Vec::new(),
    }
}

/// A handler that is written here.
struct Shared<'a> {
    span: Span,
    closure: &'a Closure,
}

impl<'a> Shared<'a> {
    fn references(&self) -> impl Iterator<Item = &'a str> {
        let uses = self.closure.uses.iter();
        uses.filter(|capture| capture.by_reference)
            .map(|capture| capture.name.as_str())
    }

    fn copies(&self) -> impl Iterator<Item = &'a str> {
        let uses = self.closure.uses.iter();
        uses.filter(|capture| !capture.by_reference)
            .map(|capture| capture.name.as_str())
    }

    /// Whether it is statements to their end, with one parameter of a type that PHP does not check.
    fn is_plain(&self, types: &[&str]) -> bool {
        let typed = |ty: &str| {
            let last = ty.rsplit('\\').next().unwrap_or(ty);
            types.iter().any(|known| last.eq_ignore_ascii_case(known))
        };
        let before = self
            .closure
            .body
            .split_last()
            .map_or(&[][..], |(_, rest)| rest);
        let last = self.closure.body.last().into_iter();
        let nested = last.flat_map(|stmt| stmt.kind.parts());
        self.closure.params.len() < 2
            && !self.closure.arrow
            && self.closure.params.iter().all(|param| {
                let known = param.ty.as_deref().is_none_or(typed);
                known && !param.by_reference && !param.variadic && param.default.is_none()
            })
            && !returns(before)
            && !nested.into_iter().any(|part| match part {
                Part::Body(body) => returns(body),
                Part::Expr(_) => false,
            })
    }
}

/// The handlers of a statement that waits for them, if one of them sets a variable of the function.
fn handlers(expr: &syntax::Expr) -> Option<Vec<Shared<'_>>> {
    let call = Call::of(expr)?;
    if !call.waited || call.doubt.is_some() || sdk::waits_without_value(expr) {
        return None;
    }
    let (done, failed) = outcomes(&call)?;
    let mut handlers = Vec::new();
    for (handler, types) in [
        (done, &["ResponseInterface", "Response"][..]),
        (failed, &["Throwable"][..]),
    ] {
        let Some(handler) = handler else { continue };
        let PhpKind::Closure(closure) = &handler.kind else {
            return None;
        };
        let span = handler.span;
        let shared = Shared { span, closure };
        if !shared.is_plain(types) {
            return None;
        }
        handlers.push(shared);
    }
    let references: BTreeSet<&str> = handlers.iter().flat_map(Shared::references).collect();
    let mut copies = handlers.iter().flat_map(Shared::copies);
    // A copy is made before the handlers set the variable.
    let apart = !copies.any(|name| references.contains(name));
    let shared = !references.is_empty() && apart;
    drop(copies);
    shared.then_some(handlers)
}

/// The handlers of an answer and of a failure.
fn outcomes<'a>(call: &Call<'a>) -> Option<(Option<&'a syntax::Expr>, Option<&'a syntax::Expr>)> {
    Some(match &*call.handlers {
        [
            Handler::Then {
                fulfilled,
                rejected: None,
            },
        ] => (Some(*fulfilled), None),
        [
            Handler::Then {
                fulfilled,
                rejected: None,
            },
            Handler::Otherwise(rejected),
        ] => (Some(*fulfilled), Some(*rejected)),
        [Handler::Otherwise(rejected)] => (None, Some(*rejected)),
        _ => return None,
    })
}
