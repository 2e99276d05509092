//! `$next($request)`, where the application gives the callable: a method of `App` that is given it and its arguments.

use std::collections::BTreeSet;

use super::Ty;
use super::tree::{Expr, ExprKind, File, Foreign, Function, Stmt};
use super::walk::Use;

/// Lets the application call what it gives to functions that no code of the file calls.
pub(super) fn file(file: &mut File) {
    let mut called = BTreeSet::new();
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| match &*expr.kind {
                ExprKind::Call(name, _) | ExprKind::Method(name, _) => {
                    called.insert(name.to_ascii_lowercase());
                }
                _ => {}
            });
        }
    }
    let methods = file.classes.iter_mut().flat_map(|class| &mut class.methods);
    for function in file.functions.iter_mut().chain(methods) {
        let is_outside = !called.contains(&function.name.to_ascii_lowercase());
        if function.public && is_outside {
            let params = function.params.iter().filter(|param| !param.variadic);
            let given: Vec<usize> = params.map(|param| param.local).collect();
            let called = calls(function, &given);
            let params = function.params.iter_mut();
            for param in params.filter(|param| called.contains(&param.local)) {
                // The application knows the callable by this value.
                (param.ty, param.foreign, param.declared) = (Ty::Any, true, false);
            }
        }
    }
}

/// Makes calls of these variables calls of the application, where the function never sets them; the variables that it calls.
fn calls(function: &mut Function, given: &[usize]) -> BTreeSet<usize> {
    let mut called = BTreeSet::new();
    let mut set = BTreeSet::new();
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, how| {
            if how != Use::Read {
                set.insert(*local);
            }
        });
    }
    let given: Vec<usize> = given
        .iter()
        .copied()
        .filter(|it| !set.contains(it))
        .collect();
    if given.is_empty() {
        return called;
    }
    let names: Vec<String> = function.locals.iter().map(|it| it.name.clone()).collect();
    for stmt in &mut function.body {
        each(stmt, &given, &names, &mut called);
    }
    called
}

fn each(stmt: &mut Stmt, given: &[usize], names: &[String], called: &mut BTreeSet<usize>) {
    stmt.each_mut(&mut |expr| match &mut *expr.kind {
        ExprKind::Closure(closure, captures) => {
            let captures = captures.iter().filter(|(outer, _)| given.contains(outer));
            let own: Vec<usize> = captures.clone().map(|(_, own)| *own).collect();
            let within = calls(closure, &own);
            let captures = captures.filter(|(_, own)| within.contains(own));
            called.extend(captures.map(|(outer, _)| *outer));
        }
        ExprKind::CallClosure(callee, args) => {
            let callee = callee.clone();
            if let ExprKind::Local(local) = &*callee.kind
                && given.contains(local)
            {
                called.insert(*local);
                let words = vec!["call".to_owned(), names[*local].clone()];
                let args = std::iter::once(callee).chain(std::mem::take(args));
                *expr.kind = ExprKind::Foreign(Box::new(foreign(words, args.collect())));
            }
        }
        _ => {}
    });
}

fn foreign(words: Vec<String>, args: Vec<Expr>) -> Foreign {
    Foreign {
        whole: words.clone(),
        words,
        receiver: None,
        class: None,
        changes: false,
        args,
        quoted: Vec::new(),
        left: None,
        callables: false,
    }
}
