//! Finds closures that are given to functions of the file, and puts the new functions in their places.

use super::callee::{
    called, can_call, is_callable, is_text, key_kind, left_out, of_php, options, renamed,
    takes_closure,
};
use super::made::{call, capture, closure_of, expanded, method_of, put_in};
use super::scope::{Known, Scope, all_names, calls, everywhere, is_movable, is_plain};
use super::scope::{mentions_class, variable};
use super::{Lifter, Work, ask};
use crate::syntax::{Arg, Closure, Expr, ExprKind, Method, Param, PartMut, Span, Stmt, is_word};

/// Whether statements name a function, also by a text.
pub(super) fn names(statements: &[Stmt], name: &str) -> bool {
    let mut found = false;
    everywhere(statements, &mut |expr| {
        found |= match &expr.kind {
            ExprKind::MethodCall { method, .. } => method
                .name()
                .is_some_and(|other| other.eq_ignore_ascii_case(name)),
            ExprKind::StaticCall { method, .. } => method.eq_ignore_ascii_case(name),
            ExprKind::Call { function, .. } => function.last().eq_ignore_ascii_case(name),
            ExprKind::String(text) => text
                .split(|c| !is_word(c))
                .any(|word| word.eq_ignore_ascii_case(name)),
            _ => false,
        };
    });
    found
}

/// A call of a function that the file has: whose it is, its name in lower case.
pub(super) type Target = (Option<usize>, String);

/// What a closure became in a copy: whose function it is, its name, and whether there is none.
pub(super) type Became = (Option<usize>, String, bool);

/// Through how many functions the kind of a key is followed.
const MOST_FUNCTIONS: usize = 4;

impl Lifter {
    pub(super) fn body(&mut self, body: &mut Vec<Stmt>, scope: &Scope) {
        ask::decided(body, scope);
        self.statements(body, scope);
    }

    pub(super) fn statements(&mut self, statements: &mut [Stmt], scope: &Scope) {
        for stmt in statements {
            for part in stmt.kind.parts_mut() {
                match part {
                    PartMut::Expr(expr) => self.expr(expr, scope),
                    PartMut::Body(body) => self.body(body, scope),
                }
            }
        }
    }

    fn expr(&mut self, expr: &mut Expr, scope: &Scope) {
        ask::asked(expr, scope);
        if let ExprKind::Closure(closure) = &mut expr.kind {
            self.closure(closure, scope);
            return;
        }
        if let Some((known, args)) = called(expr, scope) {
            let mut args = args;
            let each = args.iter_mut().map(|arg| &mut arg.value);
            each.for_each(|arg| self.expr(arg, scope));
            expr.kind = call(expr.span, &known, args);
            return;
        }
        if let Some(lifted) = self.lift(expr, scope) {
            *expr = lifted;
        }
        if let Some(known) = variable(expr).and_then(|name| scope.bound.get(name)) {
            expr.kind = match &known.written {
                _ if known.is_null => ExprKind::Null,
                Some(written) => written.clone(),
                None => ExprKind::Closure(Box::new(closure_of(expr.span, known))),
            };
            return;
        }
        for child in expr.children_mut() {
            self.expr(child, scope);
        }
    }

    /// A closure that stays one. What it captures of known closures is what those captured.
    fn closure(&mut self, closure: &mut Closure, scope: &Scope) {
        let mut inner = scope.of(scope.owner, scope.is_static);
        let lent: Vec<_> = closure
            .uses
            .iter()
            .filter(|it| it.by_reference)
            .cloned()
            .collect();
        closure.uses.retain(|capture| !capture.by_reference);
        let captured = scope.captured(closure).unwrap_or_default();
        for name in &captured {
            inner.take(name, scope);
        }
        inner
            .set
            .extend(lent.iter().map(|capture| capture.name.clone()));
        if captured.iter().any(|name| scope.bound.contains_key(name)) {
            closure.arrow = false;
            closure.is_static = false;
            closure.uses = scope.expanded(&captured).map(capture).collect();
        }
        closure.uses.extend(lent);
        inner.enter(&closure.params, &closure.body);
        self.body(&mut closure.body, &inner);
    }

    /// A call of a function of the file that is given closures, as a call of its copy for them.
    fn lift(&mut self, expr: &Expr, scope: &Scope) -> Option<Expr> {
        let (target, args) = self.target(expr, scope)?;
        let helper = self.written.get(&target)?.clone();
        if !helper.has_body || !is_plain(args) || helper.name.contains("::") {
            return None;
        }
        let mut given = Vec::new();
        for (index, param) in helper.closure.params.iter().enumerate() {
            if !takes_closure(&helper, param) {
                continue;
            }
            let known = match args.get(index) {
                arg if self.is_key_kind(&helper, param, target.0, 0) => {
                    let value = arg.map(|arg| &arg.value).or(param.default.as_ref());
                    value.and_then(|value| key_kind(value, scope))
                }
                Some(arg) if options(&arg.value).is_some() => options(&arg.value),
                Some(arg) if arg.value.kind == ExprKind::Null => left_out(&helper, param),
                Some(arg) if is_text(&arg.value) && !is_callable(&helper, param) => None,
                Some(arg) => self.known(&arg.value, scope, &helper, target.0),
                None => left_out(&helper, param),
            };
            given.extend(known.map(|known| (index, param.name.clone(), known)));
        }
        if given.is_empty() {
            return None;
        }
        let copy = self.copy(&target, helper, &given, scope);
        let kind = call(expr.span, &copy, expanded(args, &given));
        let span = expr.span;
        Some(Expr { span, kind })
    }

    /// Whether a parameter says which kind of key `Rsa::from` reads, also in a function that is given it, and no other code
    /// calls the function.
    fn is_key_kind(
        &self,
        helper: &Method,
        param: &Param,
        owner: Option<usize>,
        depth: usize,
    ) -> bool {
        let body = &helper.closure.body;
        if helper.public || depth > MOST_FUNCTIONS || calls(body, &param.name) {
            return false;
        }
        let scope = Scope {
            owner,
            ..Scope::default()
        };
        let mut says = false;
        everywhere(body, &mut |expr| {
            if let ExprKind::StaticCall {
                class,
                method,
                args,
            } = &expr.kind
                && class.is("WeChatPay\\Crypto\\Rsa")
            {
                let reads = matches!(&*method.to_ascii_lowercase(), "from" | "frompkcs1");
                let kind = args.get(1).and_then(|arg| variable(&arg.value));
                says |= reads && kind == Some(&*param.name);
            }
            if !says && let Some((target, args)) = self.target(expr, &scope) {
                let at = args
                    .iter()
                    .position(|arg| variable(&arg.value) == Some(&*param.name));
                let next = self.written.get(&target);
                let other = next
                    .zip(at)
                    .and_then(|(next, at)| next.closure.params.get(at).map(|param| (next, param)));
                says = other.is_some_and(|(next, param)| {
                    self.is_key_kind(next, param, target.0, depth + 1)
                });
            }
        });
        says
    }

    /// The function of the file that a call is of.
    fn target<'e>(&self, expr: &'e Expr, scope: &Scope) -> Option<(Target, &'e [Arg])> {
        match &expr.kind {
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => {
                let own = scope.owner.is_some() && variable(object) == Some("this");
                let name = method.name()?.to_ascii_lowercase();
                own.then_some(((scope.owner, name), &**args))
            }
            ExprKind::StaticCall {
                class,
                method,
                args,
            } => {
                let own = self.classes.get(scope.owner?)?;
                let relative = matches!(&*class.written.to_ascii_lowercase(), "self" | "static");
                let is_own = relative || class.last().eq_ignore_ascii_case(own);
                is_own.then(|| ((scope.owner, method.to_ascii_lowercase()), &**args))
            }
            ExprKind::Call { function, args } => Some(((None, function.last()), &**args)),
            _ => None,
        }
    }

    /// The function that a closure became, or that a callable names.
    fn known(
        &mut self,
        value: &Expr,
        scope: &Scope,
        helper: &Method,
        owner: Option<usize>,
    ) -> Option<Known> {
        let known = match &value.kind {
            ExprKind::Variable(name) => {
                let known = scope.bound.get(name);
                return known.filter(|known| can_call(owner, known)).cloned();
            }
            ExprKind::Closure(closure) => {
                return self.lifted(value.span, closure, scope, helper, owner);
            }
            ExprKind::Array(items) => {
                let [object, method] = &**items else {
                    return None;
                };
                let ExprKind::String(name) = &method.value.kind else {
                    return None;
                };
                let own = owner.is_some() && variable(&object.value) == Some("this");
                let key = (owner, name.to_ascii_lowercase());
                self.named(own.then_some(key)?)
            }
            ExprKind::String(name) => {
                let own = self.named((None, name.to_ascii_lowercase()));
                own.or_else(|| of_php(name))
            }
            _ => None,
        };
        known.map(|known| Known {
            written: Some(value.kind.clone()),
            ..known
        })
    }

    /// A function of the file by its name.
    fn named(&self, key: Target) -> Option<Known> {
        let method = self.written.get(&key)?;
        let mut params = method.closure.params.iter();
        let plain = params.all(|param| !param.by_reference && !param.variadic);
        (plain && method.has_body).then(|| Known {
            owner: key.0,
            name: method.name.clone(),
            is_static: method.is_static,
            params: method.closure.params.clone(),
            ..Known::default()
        })
    }

    fn lifted(
        &mut self,
        span: Span,
        closure: &Closure,
        scope: &Scope,
        helper: &Method,
        owner: Option<usize>,
    ) -> Option<Known> {
        let captured = scope.captured(closure)?;
        let simple = closure.params.iter().all(|param| !param.by_reference);
        // `compact` and its kin see other variables there.
        if !simple
            || !is_movable(&closure.body)
            || owner.is_none() && mentions_class(&closure.body)
            || owner.is_some() && owner != scope.owner
        {
            return None;
        }
        let name = self.fresh(owner, &format!("{}_in_{}", scope.base, helper.name));
        let known = Known {
            owner,
            name,
            is_static: scope.is_static || owner.is_none(),
            captures: scope.expanded(&captured).collect(),
            params: closure.params.clone(),
            ..Known::default()
        };
        let mut inner = scope.of(owner, known.is_static);
        for name in captured {
            if let Some(bound) = scope.bound.get(&name) {
                inner.bound.insert(name, bound.clone());
            }
        }
        let method = method_of(span, closure, &known, scope);
        self.later(method, inner);
        Some(known)
    }

    fn later(&mut self, method: Method, scope: Scope) {
        self.made += 1;
        self.todo.push_back(Work { method, scope });
    }

    /// The copy of a function that calls these functions in the place of its parameters.
    fn copy(
        &mut self,
        target: &Target,
        mut method: Method,
        given: &[(usize, String, Known)],
        scope: &Scope,
    ) -> Known {
        let owner = target.0;
        let parts = given.iter().map(|(index, _, known)| {
            let became = (known.owner, known.name.clone(), known.is_null);
            (*index, became)
        });
        let key = (target.clone(), parts.collect());
        let is_static = method.is_static
            && given
                .iter()
                .all(|(.., known)| known.is_static || known.is_null);
        let mut copy = Known {
            owner,
            is_static,
            ..Known::default()
        };
        if let Some(name) = self.copies.get(&key) {
            copy.name.clone_from(name);
            return copy;
        }
        // Other code may call it with other options.
        let stays = method.public && given.iter().all(|(.., known)| is_options(known));
        if !stays {
            self.copied.insert(target.clone());
        }
        copy.name = self.fresh(owner, &name_of_copy(&method, given, scope));
        self.copies.insert(key, copy.name.clone());
        let inner = bound(&mut method, given, scope, scope.of(owner, is_static));
        method.name.clone_from(&copy.name);
        method.public = false;
        method.private = true;
        method.is_static = is_static;
        self.later(method, inner);
        copy
    }
}

fn name_of_copy(method: &Method, given: &[(usize, String, Known)], scope: &Scope) -> String {
    match given {
        [(.., known)] if matches!(&*known.name, "public" | "private") => {
            format!("{}_{}", method.name, known.name)
        }
        _ => format!("{}_of_{}", method.name, scope.base),
    }
}

/// Puts what the functions take over in the place of the parameters that they replace.
fn bound(
    method: &mut Method,
    given: &[(usize, String, Known)],
    scope: &Scope,
    mut inner: Scope,
) -> Scope {
    let mut taken = all_names(&method.closure.body);
    taken.extend(method.closure.params.iter().map(|param| param.name.clone()));
    for (_, name, known) in given {
        let mut bound = put_in(&mut method.closure.params, name, known, scope, &mut taken);
        renamed(&mut bound, &known.captures);
        inner.bound.insert(name.clone(), bound);
    }
    inner
}

pub(super) fn is_options(known: &Known) -> bool {
    matches!(&known.written, Some(ExprKind::Array(items)) if items.iter().all(|item| item.key.is_some()))
}

impl Scope {
    /// The scope of a function that is made of this one.
    fn of(&self, owner: Option<usize>, is_static: bool) -> Self {
        Self {
            owner,
            base: self.base.clone(),
            is_static,
            ..Self::default()
        }
    }

    /// Captured variables, those of known closures by what these captured.
    fn expanded(&self, captured: &[String]) -> impl Iterator<Item = String> {
        let mut all: Vec<String> = Vec::new();
        for name in captured {
            let names = match self.bound.get(name) {
                Some(known) => known.captures.clone(),
                None => vec![name.clone()],
            };
            for name in names {
                if !all.contains(&name) {
                    all.push(name);
                }
            }
        }
        all.into_iter()
    }

    /// A variable that a closure captures of the scope around it.
    fn take(&mut self, name: &str, outer: &Self) {
        if let Some(known) = outer.bound.get(name) {
            self.bound.insert(name.to_owned(), known.clone());
            let captures = known.captures.iter();
            captures.for_each(|name| self.take(name, outer));
            return;
        }
        self.set.insert(name.to_owned());
        if let Some(ty) = outer.types.get(name) {
            self.types.insert(name.to_owned(), ty.clone());
        }
    }
}
