//! `$client->…Async(…)->then(function ($response) { … })->wait();` is a call and what stands behind it.
//!
//! That holds where the handler only does something when the call was made: it has one list of statements, returns
//! nothing on the way, and nothing is done with what it gives. Its variables stay its own.

use super::tree::{Expr, ExprKind, File, Function, Local, Place, Root, Stmt, StmtKind};
use super::walk::Use;

pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        let names: Vec<String> = function
            .locals
            .iter()
            .map(|local| local.name.clone())
            .collect();
        list(&mut function.body, &mut function.locals, &names);
    }
}

fn list(body: &mut Vec<Stmt>, locals: &mut Vec<Local>, names: &[String]) {
    let mut out = Vec::with_capacity(body.len());
    for mut stmt in std::mem::take(body) {
        match inlined(&mut stmt, locals, names) {
            Some(mut stmts) => {
                list(&mut stmts, locals, names);
                out.extend(stmts);
            }
            None => {
                for (inner, _) in stmt.bodies_mut() {
                    list(inner, locals, names);
                }
                out.push(stmt);
            }
        }
    }
    *body = out;
}

fn inlined(stmt: &mut Stmt, locals: &mut Vec<Local>, names: &[String]) -> Option<Vec<Stmt>> {
    let span = stmt.span;
    let StmtKind::Expr(expr) = &mut stmt.kind else {
        return None;
    };
    let ExprKind::Wait(promise) = &mut *expr.kind else {
        return None;
    };
    let waited = promise.span;
    let ExprKind::Promise(promise) = &mut *promise.kind else {
        return None;
    };
    let [(Some(handler), None)] = &mut *promise.handlers else {
        return None;
    };
    let ExprKind::Closure(function, captures) = &mut *handler.kind else {
        return None;
    };
    if !is_simple(function, captures) {
        return None;
    }
    let renamed = adopt(function, captures, locals, names);
    let mut inner = std::mem::take(&mut function.body);
    for stmt in &mut inner {
        stmt.locals_mut(&mut |local, _| *local = renamed[*local]);
    }
    let given = function
        .params
        .iter()
        .map(|param| param.local)
        .find(|local| !captures.iter().any(|(_, own)| own == local));
    if let Some(StmtKind::Return(value)) = inner.last().map(|last| last.kind.clone()) {
        let last = inner.pop().map_or(span, |last| last.span);
        if let Some(value) = value {
            let kind = StmtKind::Expr(value);
            inner.push(Stmt { span: last, kind });
        }
    }
    promise.handlers.clear();
    let call = promise.call.span;
    let mut made = Expr::new(
        waited,
        ExprKind::Wait(Expr::new(waited, ExprKind::Promise(promise.clone()))),
    );
    if let Some(given) = given {
        let place = Place {
            root: Root::Local(renamed[given]),
            path: Vec::new(),
        };
        made = Expr::new(waited, ExprKind::Assign(place, made));
    }
    let kind = StmtKind::Expr(made);
    let mut out = vec![Stmt { span: call, kind }];
    out.extend(inner);
    Some(out)
}

/// Whether a handler is statements alone, and leaves what it takes from outside as it is.
fn is_simple(function: &mut Function, captures: &[(usize, usize)]) -> bool {
    let plain = |stmt: &Stmt| {
        matches!(
            stmt.kind,
            StmtKind::Expr(_) | StmtKind::Echo(_) | StmtKind::Refused(_)
        )
    };
    let Some((last, before)) = function.body.split_last() else {
        return true;
    };
    let whole =
        before.iter().all(plain) && (plain(last) || matches!(last.kind, StmtKind::Return(_)));
    let given = function.params.len() - captures.len();
    let mut kept = true;
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, how| {
            kept &= how == Use::Read || !captures.iter().any(|(_, own)| own == local);
        });
        stmt.each_mut(&mut |expr| {
            kept &= !matches!(
                *expr.kind,
                ExprKind::Closure(..) | ExprKind::Throw(_) | ExprKind::Exit(_)
            );
        });
    }
    whole && kept && given <= 1
}

/// The handler's variables as the function's.
fn adopt(
    function: &Function,
    captures: &[(usize, usize)],
    locals: &mut Vec<Local>,
    names: &[String],
) -> Vec<usize> {
    let mut renamed = Vec::new();
    for (index, local) in function.locals.iter().enumerate() {
        if let Some((outer, _)) = captures.iter().find(|(_, own)| *own == index) {
            renamed.push(*outer);
            continue;
        }
        let mut local = local.clone();
        let own = local.name.clone();
        let mut number = 2;
        while names.contains(&local.name) {
            local.name = format!("{own}_{number}");
            number += 1;
        }
        renamed.push(locals.len());
        locals.push(local);
    }
    renamed
}
