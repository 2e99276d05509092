//! The functions of a file, and the statements of each.

use std::collections::BTreeSet;

use super::Objects;
use super::holders::{Holder, Seen, Var, Vars, class_named, join};
use super::sources::{Chain, Root, Sources};
use super::state::{Facts, Walk};
use crate::syntax::{
    Closure, Expr, ExprKind, Part, Program, Span, Stmt, StmtKind, Whole, each_class,
};

/// A function that is declared.
struct Declared<'p> {
    name: String,
    public: bool,
    span: Span,
    closure: &'p Closure,
}

/// How often the functions are read at most, until what they give each other is known.
const ROUNDS: usize = 8;

pub(super) fn objects(program: &Program, text: &str) -> Objects {
    let all = declared(program);
    let mut facts = Facts {
        declared: all.iter().map(|it| it.name.clone()).collect(),
        ..Facts::default()
    };
    for _ in 0..ROUNDS {
        let before = facts.size();
        facts.objects.clear();
        for function in &all {
            walk(function, text, &mut facts);
        }
        let mut main = Walk::new(text, text.len(), String::new(), &mut facts);
        main.statements(&program.statements);
        if facts.size() == before {
            break;
        }
    }
    facts.objects
}

fn declared(program: &Program) -> Vec<Declared<'_>> {
    let mut all = Vec::new();
    functions(&program.statements, &mut all);
    each_class(&program.statements, &mut |_, class| {
        let methods = class.methods.iter().filter(|method| method.has_body);
        all.extend(methods.map(|method| Declared {
            name: method.name.to_ascii_lowercase(),
            public: method.public,
            span: method.span,
            closure: &method.closure,
        }));
    });
    all
}

fn functions<'p>(statements: &'p [Stmt], all: &mut Vec<Declared<'p>>) {
    for stmt in statements {
        if let StmtKind::Function { name, closure } = &stmt.kind {
            all.push(Declared {
                name: name.to_ascii_lowercase(),
                public: true,
                span: stmt.span,
                closure,
            });
        }
        for part in stmt.kind.parts() {
            if let Part::Body(body) = part {
                functions(body, all);
            }
        }
    }
}

fn walk(function: &Declared<'_>, text: &str, facts: &mut Facts) {
    let mut vars = Vars::new();
    for (index, param) in function.closure.params.iter().enumerate() {
        let key = (function.name.clone(), index);
        let outside = match facts.given.get(&key) {
            Some(_) if !function.public => Seen::No,
            _ => Seen::Outside,
        };
        let seen = facts.given.get(&key).copied().unwrap_or_default();
        let holder = match seen.max(outside) {
            Seen::No => None,
            Seen::Outside => Some(Holder::Outside),
            Seen::Here => Some(Holder::Caller),
        };
        let var = Var {
            since: function.span.start,
            holders: holder.into_iter().collect(),
            class: param.ty.as_deref().and_then(class_named),
        };
        vars.insert(param.name.clone(), var);
    }
    let before = vars.clone();
    let end = function.span.end;
    let mut walk = Walk::new(text, end, function.name.clone(), facts);
    walk.vars = vars;
    walk.statements(&function.closure.body);
    let after = walk.vars;
    for (index, param) in function.closure.params.iter().enumerate() {
        let kept = |vars: &Vars| {
            let var = vars.get(&param.name);
            var.is_some_and(|var| var.holders.contains(&Holder::Kept))
        };
        if kept(&after) && !kept(&before) {
            facts.keeps.insert((function.name.clone(), index));
        }
    }
}

impl Walk<'_> {
    pub(super) fn statements(&mut self, body: &[Stmt]) {
        body.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Foreach {
                subject,
                value,
                body,
                ..
            } => {
                self.expr(subject);
                let from = self.sources(subject);
                self.foreach(value, &from, body);
            }
            StmtKind::Whole(whole) => match &**whole {
                Whole::While { .. } | Whole::DoWhile { .. } | Whole::For { .. } => {
                    self.again(stmt.span, |walk| walk.parts(stmt));
                }
                Whole::Global(names) => self.shared(names.iter()),
                Whole::Static(all) => self.shared(all.iter().map(|(name, _)| name)),
                _ => self.parts(stmt),
            },
            StmtKind::Return(Some(value)) => {
                self.expr(value);
                let property = Chain::of(value);
                let property = property.filter(|chain| chain.methods.is_empty());
                let of_this = property.is_some_and(|it| matches!(it.root, Root::Property(_)));
                if of_this && !matches!(value.kind, ExprKind::Variable(_)) {
                    self.facts.returns.insert(self.name.clone());
                }
            }
            _ => self.parts(stmt),
        }
    }

    fn parts(&mut self, stmt: &Stmt) {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr),
                Part::Body(body) => {
                    let before = self.vars.clone();
                    self.statements(body);
                    join(&mut self.vars, &before);
                }
            }
        }
    }

    fn foreach(&mut self, value: &Expr, from: &Sources, body: &[Stmt]) {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return;
        };
        let span = Span {
            start: first.span.start,
            end: last.span.end,
        };
        self.again(span, |walk| {
            // The items of the list are the loop's; the list is not.
            let items = Sources {
                holders: from.holders.clone(),
                ..Sources::default()
            };
            walk.assign(value, &items, None, span);
            walk.statements(body);
        });
    }

    /// Code that runs again, with what it did to the variables.
    fn again(&mut self, span: Span, mut turn: impl FnMut(&mut Self)) {
        self.loops.push(span);
        // A second turn of the outermost loop is one of the loops within, too.
        let turns = if self.loops.len() == 1 { 2 } else { 1 };
        for _ in 0..turns {
            let before = self.vars.clone();
            turn(self);
            join(&mut self.vars, &before);
        }
        self.loops.pop();
    }

    /// Variables that other calls of the function, or other functions, have too.
    fn shared<'n>(&mut self, names: impl Iterator<Item = &'n String>) {
        let names: BTreeSet<String> = names.cloned().collect();
        self.keep(&names);
    }
}
