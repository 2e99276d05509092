//! `openssl_decrypt` with aes-256-gcm of a ciphertext that ends in its tag, as code without the SDK decrypts notifications:
//!
//! ```php
//! $text = substr($cipher, 0, -16);
//! $tag = substr($cipher, -16);
//! return openssl_decrypt($text, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $nonce, $tag, $associatedData);
//! ```
//!
//! No text of Rust holds the two parts. Where nothing else uses them, they become one call with the whole ciphertext.

use std::borrow::Cow;

use super::build::GCM;
use crate::syntax::{
    Arg, Class, Expr, ExprKind, Name, Part, Program, Stmt, StmtKind, UnaryOp, Whole,
};

/// The length of a tag.
const TAG: i64 = 16;

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    if !program.statements.iter().any(splits) {
        return program;
    }
    let mut program = program.into_owned();
    let own = Scope { class: None };
    own.function(&mut program.statements);
    each_body(&mut program.statements, &own);
    Cow::Owned(program)
}

/// Whether something of a statement takes the last bytes of a text apart.
fn splits(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Function { closure, .. } => closure.body.iter().any(splits),
        StmtKind::Whole(whole) => match &**whole {
            Whole::Class(class) => {
                let mut methods = class.methods.iter();
                methods.any(|method| method.closure.body.iter().any(splits))
            }
            _ => parts_split(stmt),
        },
        _ => parts_split(stmt),
    }
}

fn parts_split(stmt: &Stmt) -> bool {
    stmt.kind.parts().into_iter().any(|part| match part {
        Part::Expr(expr) => Scope { class: None }.tail(expr).is_some() || is_tail_of_class(expr),
        Part::Body(body) => body.iter().any(splits),
    })
}

/// `$tag = substr($cipher, -self::TAG)`, whatever the constant is.
fn is_tail_of_class(expr: &Expr) -> bool {
    let Some((_, value)) = expr.assignment() else {
        return false;
    };
    matches!(&value.kind, ExprKind::Call { function, args } if function.last() == "substr"
        && args.iter().any(|arg| matches!(&arg.value.kind, ExprKind::Unary { .. })))
}

fn each_body(statements: &mut [Stmt], scope: &Scope<'_>) {
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => each_body(body, scope),
            StmtKind::Function { closure, .. } => scope.function(&mut closure.body),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    let known = class.clone();
                    let scope = Scope {
                        class: Some(&known),
                    };
                    for method in &mut class.methods {
                        scope.function(&mut method.closure.body);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What the constants around a function are.
struct Scope<'c> {
    class: Option<&'c Class>,
}

impl Scope<'_> {
    fn function(&self, body: &mut Vec<Stmt>) {
        let whole = body.clone();
        self.list(body, &whole);
    }

    fn list(&self, list: &mut Vec<Stmt>, whole: &[Stmt]) {
        while self.join(list, whole) {}
        for stmt in list {
            match &mut stmt.kind {
                StmtKind::If {
                    branches,
                    otherwise,
                } => {
                    let bodies = branches.iter_mut().map(|(_, body)| body).chain(otherwise);
                    bodies.for_each(|body| self.list(body, whole));
                }
                StmtKind::Try { body, .. } => self.list(body, whole),
                _ => {}
            }
        }
    }

    /// Joins one pair of parts of a list, and its call.
    fn join(&self, list: &mut Vec<Stmt>, whole: &[Stmt]) -> bool {
        let expr = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Expr(expr) => Some(expr.clone()),
            _ => None,
        };
        let head = list
            .iter()
            .position(|stmt| expr(stmt).is_some_and(|expr| self.head(&expr).is_some()));
        let tail = list
            .iter()
            .position(|stmt| expr(stmt).is_some_and(|expr| self.tail(&expr).is_some()));
        let (Some(first), Some(second)) = (head, tail) else {
            return false;
        };
        let parts = expr(&list[first]).zip(expr(&list[second]));
        let Some((head, tail)) = parts else {
            return false;
        };
        let (Some((text, cipher)), Some((tag, other))) = (self.head(&head), self.tail(&tail))
        else {
            return false;
        };
        let once = mentions(whole, text) == 2 && mentions(whole, tag) == 2;
        let set = sets(whole, cipher);
        if cipher != other || text == cipher || tag == cipher || text == tag || !once || set > 1 {
            return false;
        }
        let from = first.max(second) + 1;
        let found = list[from..].iter_mut().any(|stmt| match &mut stmt.kind {
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => replace(expr, text, tag, cipher),
            _ => false,
        });
        if found {
            list.remove(first.max(second));
            list.remove(first.min(second));
        }
        found
    }

    /// `$text = substr($cipher, 0, -16)`
    fn head<'e>(&self, expr: &'e Expr) -> Option<(&'e str, &'e str)> {
        match substr(expr)? {
            (target, [cipher, start, end]) => {
                let begins = matches!(start.value.kind, ExprKind::Int(0));
                (begins && self.is_tag(&end.value, true))
                    .then_some((target, variable(&cipher.value)?))
            }
            _ => None,
        }
    }

    /// `$tag = substr($cipher, -16)`
    fn tail<'e>(&self, expr: &'e Expr) -> Option<(&'e str, &'e str)> {
        let (target, args) = substr(expr)?;
        let (cipher, start) = match args {
            [cipher, start] => (cipher, start),
            [cipher, start, len] if self.is_tag(&len.value, false) => (cipher, start),
            _ => return None,
        };
        let ends = self.is_tag(&start.value, true);
        ends.then_some((target, variable(&cipher.value)?))
    }

    /// Whether a number is the length of the tag, or that before 0.
    fn is_tag(&self, value: &Expr, negative: bool) -> bool {
        match &value.kind {
            ExprKind::Unary {
                op: UnaryOp::Minus,
                operand,
            } => negative && self.is_tag(operand, false),
            ExprKind::Int(number) => !negative && *number == TAG,
            ExprKind::ClassConstant { class, name } if !negative => {
                let own = matches!(
                    class.written.to_ascii_lowercase().as_str(),
                    "self" | "static"
                );
                let consts = self.class.map_or(&[][..], |class| &class.consts);
                let mut consts = consts.iter().filter(|(known, _)| known == name);
                own && consts.any(|(_, value)| matches!(value.kind, ExprKind::Int(TAG)))
            }
            _ => false,
        }
    }
}

/// The target and the arguments of `$target = substr(…)`.
fn substr(expr: &Expr) -> Option<(&str, &[Arg])> {
    let (target, value) = expr.assignment()?;
    match &value.kind {
        ExprKind::Call { function, args }
            if function.last() == "substr" && args.iter().all(|arg| arg.name.is_none()) =>
        {
            Some((variable(target)?, args))
        }
        _ => None,
    }
}

fn variable(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name),
        _ => None,
    }
}

/// Replaces the call that decrypts the two parts.
fn replace(expr: &mut Expr, text: &str, tag: &str, cipher: &str) -> bool {
    let span = expr.span;
    if let ExprKind::Call { function, args } = &mut expr.kind
        && function.last() == "openssl_decrypt"
        && is_gcm(args, text, tag)
    {
        let mut whole = args[0].clone();
        whole.value.kind = ExprKind::Variable(cipher.to_owned());
        let mut own = vec![whole, args[2].clone(), args[4].clone()];
        own.push(args.get(6).cloned().unwrap_or_else(|| Arg {
            name: None,
            value: Expr {
                span,
                kind: ExprKind::String(String::new()),
            },
        }));
        *args = own;
        *function = Name {
            span: function.span,
            written: GCM.to_owned(),
            resolved: GCM.to_owned(),
        };
        return true;
    }
    match &mut expr.kind {
        ExprKind::Assign { value, .. } => replace(value, text, tag, cipher),
        ExprKind::Call { args, .. } | ExprKind::StaticCall { args, .. } => {
            let mut args = args.iter_mut();
            args.any(|arg| replace(&mut arg.value, text, tag, cipher))
        }
        ExprKind::Cast { value, .. } => replace(value, text, tag, cipher),
        _ => false,
    }
}

/// `openssl_decrypt($text, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $nonce, $tag, $associatedData)`
fn is_gcm(args: &[Arg], text: &str, tag: &str) -> bool {
    let plain = args.iter().all(|arg| arg.name.is_none());
    let [first, cipher, _, options, _, sixth, rest @ ..] = args else {
        return false;
    };
    let known = matches!(&cipher.value.kind, ExprKind::String(name) if name.eq_ignore_ascii_case("aes-256-gcm"));
    let raw = match &options.value.kind {
        ExprKind::Constant(name) => name.last() == "openssl_raw_data",
        ExprKind::Int(number) => *number == 1,
        _ => false,
    };
    let parts = variable(&first.value) == Some(text) && variable(&sixth.value) == Some(tag);
    plain && known && raw && parts && rest.len() < 2
}

/// How often a function mentions a variable. What uses variables by names that only a run tells counts as many.
fn mentions(body: &[Stmt], name: &str) -> usize {
    count(body, &|expr| match &expr.kind {
        ExprKind::Variable(own) => usize::from(own == name),
        ExprKind::Closure(_) | ExprKind::Unsupported { .. } => 100,
        _ => 0,
    })
}

/// How often a function sets a variable as a whole.
fn sets(body: &[Stmt], name: &str) -> usize {
    count(body, &|expr| match &expr.kind {
        ExprKind::Assign { target, .. } => usize::from(variable(target) == Some(name)),
        _ => 0,
    })
}

fn count(body: &[Stmt], of: &dyn Fn(&Expr) -> usize) -> usize {
    let stmts = body.iter().map(|stmt| {
        let parts = stmt.kind.parts().into_iter();
        let unknown = match &stmt.kind {
            StmtKind::Unsupported { .. } => 100,
            StmtKind::Foreach { key, value, .. } => {
                key.as_deref().map_or(0, |key| within(key, of)) + within(value, of)
            }
            _ => 0,
        };
        let parts = parts.map(|part| match part {
            Part::Expr(expr) => within(expr, of),
            Part::Body(body) => count(body, of),
        });
        unknown + parts.sum::<usize>()
    });
    stmts.sum()
}

fn within(expr: &Expr, of: &dyn Fn(&Expr) -> usize) -> usize {
    let children = expr.children().into_iter();
    of(expr) + children.map(|child| within(child, of)).sum::<usize>()
}
