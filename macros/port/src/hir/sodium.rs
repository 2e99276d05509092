//! `if (sodium_crypto_aead_aes256gcm_is_available()) { return …; }` in the sample that WeChat Pay publishes for decrypting.
//!
//! The Rust decrypts as sodium does, so the condition holds, and the other ways behind it, which give the same, are left out.

use std::borrow::Cow;

use crate::syntax::{BinaryOp, Expr, ExprKind, Program, Stmt, StmtKind, Whole};

const AVAILABLE: &str = "sodium_crypto_aead_aes256gcm_is_available";

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let bodies = bodies(&program.statements);
    if !bodies.into_iter().any(|body| place(body).is_some()) {
        return program;
    }
    let mut program = program.into_owned();
    each_body(&mut program.statements, &mut taken);
    Cow::Owned(program)
}

/// The bodies of the functions and methods.
fn bodies(statements: &[Stmt]) -> Vec<&[Stmt]> {
    let mut all = Vec::new();
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Block(body) => all.extend(bodies(body)),
            StmtKind::Function { closure, .. } => all.push(&*closure.body),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &**whole {
                    let methods = class.methods.iter();
                    all.extend(methods.map(|method| &*method.closure.body));
                }
            }
            _ => {}
        }
    }
    all
}

fn each_body(statements: &mut [Stmt], change: &mut dyn FnMut(&mut Vec<Stmt>)) {
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => each_body(body, change),
            StmtKind::Function { closure, .. } => change(&mut closure.body),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    let methods = class.methods.iter_mut();
                    methods.for_each(|method| change(&mut method.closure.body));
                }
            }
            _ => {}
        }
    }
}

fn taken(body: &mut Vec<Stmt>) {
    if let Some(index) = place(body) {
        let within = match &mut body[index].kind {
            StmtKind::If { branches, .. } => branches.swap_remove(0).1,
            _ => Vec::new(),
        };
        body.truncate(index);
        body.extend(within);
    }
}

/// Where a body asks for sodium and, with it, returns.
fn place(body: &[Stmt]) -> Option<usize> {
    body.iter().position(|stmt| match &stmt.kind {
        StmtKind::If {
            branches,
            otherwise: None,
        } => match &**branches {
            [(condition, within)] => {
                let returns = within.last().map(|last| &last.kind);
                is_available(condition) && matches!(returns, Some(StmtKind::Return(Some(_))))
            }
            _ => false,
        },
        _ => false,
    })
}

fn is_available(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Binary {
            op: BinaryOp::And,
            left,
            right,
        } => is_known(left) && is_available(right),
        ExprKind::Call { function, args } => args.is_empty() && function.last() == AVAILABLE,
        _ => false,
    }
}

/// `function_exists('\\sodium_crypto_aead_aes256gcm_is_available')`
fn is_known(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Call { function, args } if function.last() == "function_exists" => {
            match &**args {
                [arg] => matches!(&arg.value.kind, ExprKind::String(name)
                if name.trim_start_matches('\\').eq_ignore_ascii_case(AVAILABLE)),
                _ => false,
            }
        }
        _ => false,
    }
}
