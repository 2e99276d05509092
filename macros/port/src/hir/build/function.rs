//! Functions, methods and closures.

use crate::syntax::is_word;
use std::collections::BTreeSet;

use super::Builder;
use super::choice::choosing;
use super::held::Held;
use crate::hir::Ty;
use crate::hir::arrays::Arrays;
use crate::hir::tree::{Expr, ExprKind, Function, Param, StmtKind};
use crate::syntax::{self, Closure, Span, Stmt};

impl<'a> Builder<'a> {
    pub(super) fn function(
        &mut self,
        span: Span,
        name: &str,
        public: bool,
        closure: &'a Closure,
    ) -> Function {
        self.function_name = Some(name.to_owned());
        self.strict = closure.strict;
        self.held = Held::of(
            closure,
            &self.block.text,
            &self.own_methods(),
            self.names.gives(),
        );
        self.choosing = choosing(&closure.body);
        self.statements_of = Some(&closure.body);
        let params: Vec<_> = closure
            .params
            .iter()
            .map(|param| self.param(closure, param))
            .collect();
        let mut body = self.statements(&closure.body);
        if let Some(misuse) = self.misuse(span) {
            body.insert(0, misuse);
        }
        if let Some(param) = closure.params.iter().find(|param| param.by_reference)
            && !self.is_open()
        {
            let message = format!(
                "the parameter `&${}`, which changes the caller's variable",
                param.name
            );
            let problem =
                crate::diagnostic::Problem::error(span, message).hint("give the new value back");
            body.insert(
                0,
                crate::hir::tree::Stmt {
                    span,
                    kind: StmtKind::Refused(problem),
                },
            );
        }
        let returns = closure
            .returns
            .as_deref()
            .filter(|written| !Ty::is_open(written));
        let page = self.gives_page(closure);
        let declared = match returns {
            Some("self" | "static") => self.returns_this(&closure.body).then_some(Ty::Void),
            Some(written) if page && Ty::declared(written) == Some(Ty::Response) => None,
            returns => returns.and_then(Ty::declared),
        };
        let foreign = returns.is_some() && declared.is_none();
        Function {
            span,
            name: name.to_owned(),
            public,
            params,
            declared: declared.is_some(),
            gives_array: gives_array(closure),
            returns: declared.unwrap_or(if foreign { Ty::Any } else { Ty::Unknown }),
            locals: std::mem::take(&mut self.locals),
            body,
            strict: closure.strict,
            notified: false,
        }
    }

    pub(super) fn param(&mut self, closure: &Closure, param: &'a syntax::Param) -> Param {
        let local = self.local(&param.name);
        let written = param.ty.as_deref().filter(|written| !Ty::is_open(written));
        let declared = written.map(Ty::declared);
        let own = self.is_own_class(param);
        let page =
            matches!(declared, Some(Some(Ty::Response))) && self.is_page(closure, &param.name);
        let foreign = page || matches!(declared, Some(None)) && !own;
        let declared = declared.filter(|_| !page).or(page.then_some(None));
        let mut ty = declared.clone().flatten().unwrap_or(Ty::Unknown);
        if foreign || param.by_reference {
            ty = Ty::Any;
        }
        let default = param.default.as_ref().map(|value| self.expr(value));
        if let Some(default) = &default
            && matches!(*default.kind, ExprKind::Null)
            && ty != Ty::Unknown
        {
            ty = ty.nullable();
        }
        if param.variadic {
            ty = Ty::Any;
        }
        self.kinds.insert(param.name.clone(), ty.present().clone());
        Param {
            local,
            declared: matches!(declared, Some(Some(_))),
            ty,
            default,
            arrays: declared_arrays(param),
            foreign,
            variadic: param.variadic,
            by_reference: param.by_reference,
        }
    }

    fn is_own_class(&self, param: &syntax::Param) -> bool {
        let ty = param.ty.as_deref().unwrap_or_default();
        self.names
            .class(ty)
            .is_some_and(|class| class.parent.is_some())
    }

    /// The statements outside of functions: variables that they read and do not set are given to them.
    pub(super) fn main(&mut self, statements: &[&'a Stmt], strict: bool) -> Function {
        self.in_main = true;
        self.strict = strict;
        self.held = Held::of_main(
            statements.iter().copied(),
            &self.block.text,
            self.names.gives(),
        );
        let first = statements.first().map_or(Span::default(), |stmt| stmt.span);
        let last = statements.last().map_or(first, |stmt| stmt.span);
        let span = Span::new(first.start, last.end);
        let mut body: Vec<_> = statements
            .iter()
            .enumerate()
            .flat_map(|(index, stmt)| {
                let next = statements.get(index + 1).copied();
                self.ends_reference = self.reference_ends(stmt, next);
                self.statement(stmt)
            })
            .collect();
        if let Some(misuse) = self.misuse(span) {
            body.insert(0, misuse);
        }
        if self.is_open() {
            return self.open_main(span, body);
        }
        let given = unset(&mut body, self.locals.len());
        // Parameters come first.
        let order: Vec<usize> = given
            .iter()
            .copied()
            .chain((0..self.locals.len()).filter(|local| !given.contains(local)))
            .collect();
        let mut renamed = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            renamed[*old] = new;
        }
        for stmt in &mut body {
            stmt.locals_mut(&mut |local, _| *local = renamed[*local]);
        }
        let mut locals = std::mem::take(&mut self.locals);
        let mut slots: Vec<_> = locals.drain(..).map(Some).collect();
        let mut locals: Vec<_> = order.iter().filter_map(|old| slots[*old].take()).collect();
        for local in &mut locals {
            local.name = local.name.trim_start_matches('\0').to_owned();
        }
        let kinds = &self.kinds;
        let ty = |local: usize| {
            let name = locals.get(local).map(|local| &local.name);
            match name.and_then(|name| kinds.get(name)) {
                Some(Ty::Media) => Ty::Media,
                _ => Ty::Unknown,
            }
        };
        let params = (0..given.len()).map(|local| Param {
            local,
            ty: ty(local),
            declared: false,
            default: None,
            arrays: None,
            foreign: false,
            variadic: false,
            by_reference: false,
        });
        Function {
            span,
            name: String::new(),
            public: true,
            params: params.collect(),
            returns: Ty::Void,
            declared: true,
            gives_array: None,
            locals: locals.clone(),
            body,
            strict,
            notified: false,
        }
    }

    /// A closure: its variables are its own, those of `use` are copies from when it is made.
    pub(super) fn closure(&mut self, span: Span, closure: &'a Closure) -> Expr {
        let shares = self.shares(span);
        let lends = |name: &str| {
            let mut uses = closure.uses.iter();
            !shares && uses.any(|capture| capture.by_reference && capture.name == name)
        };
        if let Some(param) = closure.params.iter().find(|param| param.by_reference)
            && !self.is_open()
        {
            let message = format!(
                "the parameter `&${}`, which changes the caller's variable",
                param.name
            );
            return super::refused(span, message);
        }
        let mut inner = Builder::new(self.block, self.names, self.class);
        inner.reasons.clone_from(&self.reasons);
        inner.answers_reject = self.answers_reject;
        inner.kinds = self.kinds.clone();
        inner.in_closure = true;
        inner.strict = closure.strict;
        inner.called_by_application = std::mem::take(&mut self.gives_to_application);
        inner.held = Held::of(
            closure,
            &self.block.text,
            &self.own_methods(),
            self.names.gives(),
        );
        let params: Vec<_> = closure
            .params
            .iter()
            .map(|param| inner.param(closure, param))
            .collect();
        if let Some((name, ty)) = self.given.take() {
            inner.kinds.insert(name, ty);
        }
        let mut captures = Vec::new();
        let names: Vec<String> = if closure.arrow {
            let (seen, alias) = self.seen_by(closure);
            self.misused = self.misused.take().or(alias);
            seen
        } else {
            let uses = closure.uses.iter();
            uses.map(|capture| capture.name.clone()).collect()
        };
        let mut all = params;
        for name in names {
            if name == "this" && !self.is_open()
                || all
                    .iter()
                    .any(|param| inner.locals[param.local].name == name)
            {
                continue;
            }
            let kind = self.kind(&name);
            let (outer, local) = (self.local(&name), inner.local(&name));
            captures.push((outer, local));
            all.push(Param {
                local,
                ty: kind,
                declared: false,
                default: None,
                arrays: None,
                foreign: false,
                variadic: false,
                by_reference: lends(&name),
            });
        }
        let mut body = inner.statements(&closure.body);
        if let Some(misuse) = inner.misuse(span) {
            body.insert(0, misuse);
        }
        let returns = closure.returns.as_deref().and_then(Ty::declared);
        let returns = returns.filter(|ty| *ty != Ty::Response || !inner.gives_page(closure));
        let function = Function {
            span,
            name: String::new(),
            public: false,
            params: all,
            declared: returns.is_some(),
            gives_array: gives_array(closure),
            returns: returns.unwrap_or(Ty::Unknown),
            locals: inner.locals,
            body,
            strict: closure.strict,
            notified: false,
        };
        Expr::new(span, ExprKind::Closure(Box::new(function), captures))
    }

    /// The variables that an arrow function may see, and a name among them that stands for something else.
    fn seen_by(&self, closure: &Closure) -> (Vec<String>, Option<String>) {
        let text = closure
            .body
            .first()
            .map_or("", |stmt| self.source(stmt.span));
        let mut names = BTreeSet::new();
        for piece in text.split('$').skip(1) {
            let end = piece.find(|c| !is_word(c)).unwrap_or(piece.len());
            names.insert(piece[..end].to_owned());
        }
        let known = |name: &String| self.by_name.contains_key(name);
        let alias = names.iter().find(|name| self.aliases.contains_key(*name));
        let alias = alias.cloned();
        (names.into_iter().filter(known).collect(), alias)
    }
}

/// The arrays that a parameter takes: its default value may be null, too.
fn declared_arrays(param: &syntax::Param) -> Option<Arrays> {
    let arrays = Arrays::declared(param.ty.as_deref()?)?;
    let default = param.default.as_ref().map(|value| &value.kind);
    let nullable = matches!(default, Some(syntax::ExprKind::Null));
    Some(if nullable { Arrays::OrNull } else { arrays })
}

fn gives_array(closure: &Closure) -> Option<Arrays> {
    Arrays::declared(closure.returns.as_deref()?)
}

/// The variables that are read and never set, in the order of their first use.
fn unset(body: &mut [crate::hir::tree::Stmt], count: usize) -> Vec<usize> {
    let mut set = vec![false; count];
    let mut order = Vec::new();
    for stmt in body.iter_mut() {
        stmt.locals_mut(&mut |local, how| {
            if how == crate::hir::Use::Write {
                set[*local] = true;
            } else if !order.contains(local) {
                order.push(*local);
            }
        });
        if let StmtKind::Refused(_) = stmt.kind {
            break;
        }
    }
    order.retain(|local| !set[*local]);
    order
}
