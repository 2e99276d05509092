//! `array_push($list, …)` as a statement with several values or with one list that is spread: one assignment to
//! `$list[]` each, once it is known that the list is an array.

use std::borrow::Cow;

use super::build::Names;
use crate::source::Block;
use crate::syntax::{
    Arg, Expr, ExprKind, Name, PartMut, Program, Span, Stmt, StmtKind, Whole, WholeExpr,
};

/// What the tree calls the values of a list that is spread.
pub(super) const SPREAD: &str = "values of a spread list";

pub(super) fn program<'p>(block: &Block, program: Cow<'p, Program>) -> Cow<'p, Program> {
    let mut changed = program.clone().into_owned();
    let some = statements(&mut changed.statements, &Names::of(block, &program, None));
    if some { Cow::Owned(changed) } else { program }
}

fn statements(body: &mut [Stmt], names: &Names<'_>) -> bool {
    let mut some = false;
    for stmt in body {
        if let StmtKind::Expr(expr) = &stmt.kind
            && let Some(kind) = pushed(stmt.span, expr, names)
        {
            stmt.kind = kind;
            some = true;
            continue;
        }
        match &mut stmt.kind {
            StmtKind::Function { closure, .. } => some |= statements(&mut closure.body, names),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    for method in &mut class.methods {
                        some |= statements(&mut method.closure.body, names);
                    }
                }
            }
            _ => {}
        }
        for part in stmt.kind.parts_mut() {
            some |= match part {
                PartMut::Expr(expr) => within(expr, names),
                PartMut::Body(body) => statements(body, names),
            };
        }
    }
    some
}

fn within(expr: &mut Expr, names: &Names<'_>) -> bool {
    let own = match &mut expr.kind {
        ExprKind::Closure(closure) => statements(&mut closure.body, names),
        _ => false,
    };
    let children = expr.children_mut().into_iter();
    children.fold(own, |some, child| within(child, names) || some)
}

fn pushed(span: Span, expr: &Expr, names: &Names<'_>) -> Option<StmtKind> {
    let ExprKind::Call { function, args } = &expr.kind else {
        return None;
    };
    let [list, values @ ..] = &**args else {
        return None;
    };
    let plain = list.name.is_none() && values.iter().all(|value| value.name.is_none());
    let pushes = names.of_php(function).as_deref() == Some("array_push");
    if !pushes || !plain || !is_place(&list.value) {
        return None;
    }
    if let [value] = values {
        let ExprKind::Whole(whole) = &value.value.kind else {
            return None;
        };
        let WholeExpr::Spread(spread) = &**whole else {
            return None;
        };
        return Some(each(span, &list.value, spread));
    }
    // Each value is evaluated before the list changes.
    if values.is_empty()
        || !values
            .iter()
            .all(|value| stays(&value.value, root(&list.value)))
    {
        return None;
    }
    let (first, others) = values.split_first()?;
    let first = vec![list.clone(), first.clone()];
    let kind = ExprKind::Call {
        function: function.clone(),
        args: first,
    };
    // The first call throws where the list is none.
    let kind = StmtKind::Expr(Expr { span, kind });
    let others = others.iter().map(|value| value.value.clone());
    let others = others.map(|value| push(span, &list.value, value));
    let all = std::iter::once(Stmt { span, kind }).chain(others);
    Some(StmtKind::Block(all.collect()))
}

/// `foreach ($values as $pushed) { $list[] = $pushed; }`
fn each(span: Span, list: &Expr, values: &Expr) -> StmtKind {
    let function = Name {
        span,
        written: SPREAD.to_owned(),
        resolved: SPREAD.to_owned(),
    };
    let arg = |value: &Expr| Arg {
        name: None,
        value: value.clone(),
    };
    let args = vec![arg(values), arg(list)];
    let variable = || Expr {
        span,
        kind: ExprKind::Variable(format!("pushed_{}", span.start)),
    };
    StmtKind::Foreach {
        subject: Box::new(Expr {
            span,
            kind: ExprKind::Call { function, args },
        }),
        key: None,
        value: Box::new(variable()),
        body: vec![push(span, list, variable())],
    }
}

fn push(span: Span, list: &Expr, value: Expr) -> Stmt {
    let target = Expr {
        span,
        kind: ExprKind::Index {
            object: Box::new(list.clone()),
            index: None,
        },
    };
    let kind = ExprKind::Assign {
        target: Box::new(target),
        op: None,
        value: Box::new(value),
    };
    Stmt {
        span,
        kind: StmtKind::Expr(Expr { span, kind }),
    }
}

fn is_place(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Property { object, member } => {
            let this = object.is_this();
            this && member.name().is_some()
        }
        _ => false,
    }
}

/// Whether a value is the same before and after the change of a list: it calls nothing and reads no part of it.
fn stays(value: &Expr, root: &str) -> bool {
    match &value.kind {
        ExprKind::Variable(name) => name != root,
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Array(_)
        | ExprKind::Interpolated(_)
        | ExprKind::Index { .. } => {
            let mut children = value.children().into_iter();
            children.all(|child| stays(child, root))
        }
        _ => false,
    }
}

fn root(target: &Expr) -> &str {
    match &target.kind {
        ExprKind::Variable(name) => name,
        _ => "this",
    }
}
