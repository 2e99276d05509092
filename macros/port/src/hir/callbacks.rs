//! Closures in one item of an array: `$data['callback'] = function ($result) { … };` in branches, then `$data['callback']($result)`.
//!
//! No value of JSON has a closure. A variable holds the number of the closure instead, and the call is a `match` over the numbers,
//! if the item is only set to closures and called, and if all else that is done with the array reads other items. Methods of the
//! class may be given the array, if they only read other items of theirs.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::handlers::{captures_stay, each};
use super::lifted::scope::{all_names, each_class, everywhere, is_movable, variable};
use crate::syntax::{
    Arg, Class, Closure, Expr, ExprKind, Name, Part, Program, Span, Stmt, StmtKind, Whole,
    WholeExpr,
};

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let mut changed = program.clone().into_owned();
    let mut some = false;
    each_class(&mut changed.statements, &mut |class| some |= methods(class));
    if some { Cow::Owned(changed) } else { program }
}

fn methods(class: &mut Class) -> bool {
    let known = class.clone();
    let mut some = false;
    for method in &mut class.methods {
        let whole = method.closure.body.clone();
        let mut found = items(&whole).into_iter();
        let found = found.find(|item| item.is_known(&known, &method.closure));
        if let Some(item) = found {
            item.put(&mut method.closure.body);
            some = true;
        }
    }
    some
}

/// An item of an array that a closure is put into.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    array: String,
    key: String,
}

/// `$data['callback']`
fn item_of(expr: &Expr) -> Option<Item> {
    let ExprKind::Index {
        object,
        index: Some(index),
    } = &expr.kind
    else {
        return None;
    };
    let (array, ExprKind::String(key)) = (variable(object)?, &index.kind) else {
        return None;
    };
    let (array, key) = (array.to_owned(), key.clone());
    Some(Item { array, key })
}

/// `$data['callback'] = function …`
fn closure_of(expr: &Expr) -> Option<(Item, &Expr)> {
    let (target, value) = expr.assignment()?;
    let is_closure = matches!(value.kind, ExprKind::Closure(_));
    Some((item_of(target).filter(|_| is_closure)?, value))
}

fn items(body: &[Stmt]) -> BTreeSet<Item> {
    let mut found = BTreeSet::new();
    everywhere(body, &mut |expr| {
        found.extend(closure_of(expr).map(|(item, _)| item));
    });
    found
}

impl Item {
    /// Whether only closures are put into the item, and only calls read it.
    fn is_known(&self, class: &Class, function: &Closure) -> bool {
        let body = &function.body;
        let given = function.params.iter().any(|param| param.name == self.array);
        if given || class.kind != "class" || !is_movable(body) {
            return false;
        }
        let mut uses = Uses::default();
        everywhere(body, &mut |expr| self.see(class, expr, &mut uses));
        let mut begins = None;
        let closures = self.closures(body, true, &mut begins);
        let own = uses.items == closures.len() + uses.calls && uses.calls > 0 && uses.is_bare;
        // What an arrow function captures is read from its text.
        let own = own && !self.is_in_arrow(body);
        let stay = closures.iter().all(|(closure, at)| {
            let mut params = closure.params.iter();
            let plain = params.all(|param| !param.by_reference && !param.variadic);
            plain && captures_stay(body, closure, *at)
        });
        // The array is made once, before all of them.
        let first = begins.is_some_and(|at| closures.iter().all(|(_, closure)| at < closure.start));
        own && stay && first && uses.begins == 1 && uses.all == uses.known + uses.begins
    }

    fn see(&self, class: &Class, expr: &Expr, uses: &mut Uses) {
        let is = |value: &Expr| variable(value) == Some(&self.array);
        uses.all += usize::from(is(expr));
        if let Some(item) = item_of(expr)
            && item.array == self.array
        {
            uses.known += 1;
            uses.items += usize::from(item.key == self.key);
        }
        match &expr.kind {
            ExprKind::Assign { target, op, value } if is(target) => {
                uses.begins += 1;
                uses.is_bare = op.is_none() && self.lacks(value);
            }
            ExprKind::CallValue { callee, args } => {
                let plain = args.iter().all(|arg| arg.name.is_none());
                let own = item_of(callee).as_ref() == Some(self);
                uses.calls += usize::from(own && plain);
            }
            ExprKind::MethodCall {
                object,
                method,
                args,
            } if variable(object) == Some("this") => {
                let mut methods = class.methods.iter();
                let called = method
                    .name()
                    .and_then(|name| methods.find(|method| method.name.eq_ignore_ascii_case(name)));
                let given = args.iter().enumerate().filter(|(_, arg)| is(&arg.value));
                let fits = |(at, arg): &(usize, &Arg)| {
                    let reads = called.is_some_and(|method| self.is_hidden(&method.closure, *at));
                    arg.name.is_none() && reads
                };
                uses.known += given.filter(fits).count();
            }
            ExprKind::Closure(closure) => {
                let mut captured = closure.uses.iter();
                uses.all += usize::from(captured.any(|capture| capture.name == self.array));
            }
            _ => {}
        }
    }

    fn is_in_arrow(&self, body: &[Stmt]) -> bool {
        let mut found = false;
        everywhere(body, &mut |expr| {
            if let ExprKind::Closure(closure) = &expr.kind
                && closure.arrow
            {
                everywhere(&closure.body, &mut |expr| {
                    found |= variable(expr) == Some(&self.array)
                });
            }
        });
        found
    }

    /// Whether a value is an array whose keys are written, without this one.
    fn lacks(&self, value: &Expr) -> bool {
        let ExprKind::Array(items) = &value.kind else {
            return false;
        };
        items.iter().all(|item| {
            let key = item.key.as_ref().map(|key| &key.kind);
            matches!(key, Some(ExprKind::String(key)) if *key != self.key)
        })
    }

    /// Whether a method only reads other items of a parameter.
    fn is_hidden(&self, method: &Closure, at: usize) -> bool {
        let Some(param) = method.params.get(at) else {
            return false;
        };
        let (mut all, mut known) = (0, 0);
        everywhere(&method.body, &mut |expr| {
            all += usize::from(variable(expr) == Some(&param.name));
            let item = item_of(expr).filter(|item| item.array == param.name);
            known += usize::from(item.is_some_and(|item| item.key != self.key));
            if let ExprKind::Closure(closure) = &expr.kind {
                let mut captured = closure.uses.iter();
                all += usize::from(captured.any(|capture| capture.name == param.name));
            }
        });
        let plain = !param.by_reference && !param.variadic;
        let first = method.params[..at].iter().all(|param| !param.variadic);
        plain && first && all == known && is_movable(&method.body)
    }

    /// The closures that whole statements put into the item, none of them in a loop; and where the array is made.
    fn closures<'s>(
        &self,
        body: &'s [Stmt],
        top: bool,
        begins: &mut Option<usize>,
    ) -> Vec<(&'s Closure, Span)> {
        let mut found = Vec::new();
        for stmt in body {
            if let StmtKind::Expr(expr) = &stmt.kind {
                if let Some((item, value)) = closure_of(expr)
                    && item == *self
                    && let ExprKind::Closure(closure) = &value.kind
                {
                    found.push((closure.as_ref(), value.span));
                }
                if top
                    && let Some((target, _)) = expr.assignment()
                    && variable(target) == Some(&self.array)
                {
                    *begins = Some(stmt.span.start);
                }
            }
            let turns = match &stmt.kind {
                StmtKind::Foreach { .. } => true,
                StmtKind::Whole(whole) => !matches!(**whole, Whole::Switch { .. }),
                _ => false,
            };
            for part in stmt.kind.parts() {
                if let (Part::Body(body), false) = (part, turns) {
                    found.extend(self.closures(body, false, begins));
                }
            }
        }
        found
    }

    /// Puts numbers in the places of the closures, and a `match` in those of the calls.
    fn put(&self, body: &mut Vec<Stmt>) {
        let mut name = format!("{}_{}", self.array, self.key);
        let taken = all_names(body);
        while taken.contains(&name) {
            name.push('_');
        }
        let mut closures = Vec::new();
        each(body, &mut |expr| {
            let Some((_, closure)) = closure_of(expr).filter(|(item, _)| item == self) else {
                return;
            };
            closures.push(closure.clone());
            let number = i64::try_from(closures.len()).unwrap_or_default();
            *expr = set(expr.span, &name, number);
        });
        each(body, &mut |expr| {
            if let ExprKind::CallValue { callee, args } = &expr.kind
                && item_of(callee).as_ref() == Some(self)
            {
                *expr = chosen(expr.span, &name, &closures, args);
            }
        });
        let span = body.first().map_or(Span::default(), |first| first.span);
        let span = Span::new(span.start, span.start);
        let kind = StmtKind::Expr(set(span, &name, 0));
        body.insert(0, Stmt { span, kind });
    }
}

/// How a function uses an array.
#[derive(Default)]
struct Uses {
    /// How often it is named, and how often an item of it or a method that does not see the closures.
    all: usize,
    known: usize,
    /// How often it is made.
    begins: usize,
    /// Whether it is made without the item.
    is_bare: bool,
    /// How often the item is named, and how often it is called.
    items: usize,
    calls: usize,
}

fn set(span: Span, name: &str, number: i64) -> Expr {
    let expr = |kind| Box::new(Expr { span, kind });
    let kind = ExprKind::Assign {
        target: expr(ExprKind::Variable(name.to_owned())),
        op: None,
        value: expr(ExprKind::Int(number)),
    };
    Expr { span, kind }
}

/// The call of the closure that the number says.
fn chosen(span: Span, name: &str, closures: &[Expr], args: &[Arg]) -> Expr {
    let expr = |kind| Expr { span, kind };
    let mut arms = Vec::new();
    for (number, closure) in (1_i64..).zip(closures) {
        let call = ExprKind::CallValue {
            callee: Box::new(closure.clone()),
            args: args.to_vec(),
        };
        arms.push((Some(vec![expr(ExprKind::Int(number))]), expr(call)));
    }
    let message = "Value of type null is not callable".to_owned();
    let error = ExprKind::New {
        class: Name {
            span,
            written: "\\Error".to_owned(),
            resolved: "Error".to_owned(),
        },
        args: vec![Arg {
            name: None,
            value: expr(ExprKind::String(message)),
        }],
    };
    arms.push((None, expr(ExprKind::Throw(Box::new(expr(error))))));
    let subject = expr(ExprKind::Variable(name.to_owned()));
    expr(ExprKind::Whole(Box::new(WholeExpr::Match {
        subject,
        arms,
    })))
}
