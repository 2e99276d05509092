//! Statements.

use super::block::Kind;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::{Ty, Variable};
use super::text::mentions;
use crate::diagnostic::Problem;
use crate::recognise::Call;
use crate::syntax::{BinaryOp, Expr as Php, ExprKind, Stmt, StmtKind};

impl<'a> Porter<'a> {
    pub(crate) fn statement(&mut self, stmt: &'a Stmt, rest: &'a [Stmt]) -> Outcome<()> {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.expression(expr, rest),
            StmtKind::Use(_) | StmtKind::Namespace(_) | StmtKind::Empty => Ok(()),
            StmtKind::Echo(values) => self.echo(values),
            StmtKind::Block(body) => {
                self.statements(body);
                Ok(())
            }
            StmtKind::If {
                branches,
                otherwise,
            } => self.branches(stmt, branches, otherwise.as_deref()),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => self.attempt(stmt, body, catches, finally.as_deref()),
            StmtKind::Foreach {
                subject,
                key: None,
                value,
                body,
            } => self.each(stmt, subject, value, body),
            StmtKind::Foreach { .. } => Err(foreign(stmt, "a `foreach` with keys")),
            StmtKind::Return(None) => {
                self.push(Node::Return(Expr::raw("Ok(())")));
                Ok(())
            }
            StmtKind::Return(Some(_)) => Err(foreign(stmt, "a `return` of a value")),
            StmtKind::Function { name, .. } => {
                Err(foreign(stmt, &format!("the function `{name}`")))
            }
            StmtKind::Unsupported { what } => Err(foreign(stmt, what)),
            StmtKind::Whole(_) => Err(foreign(stmt, "this statement")),
        }
    }

    pub(crate) fn expression(&mut self, expr: &'a Php, rest: &'a [Stmt]) -> Outcome<()> {
        super::value::refuse_names(expr)?;
        if let Some(call) = Call::of(expr)
            && self.is_client(call.client)
        {
            return self.call(&call, None).map(drop);
        }
        match &expr.kind {
            ExprKind::Assign { target, op, value } => self.assign(expr, target, *op, value, rest),
            ExprKind::Include(_) => Ok(()),
            ExprKind::Print(value) => self.echo(std::slice::from_ref(value)),
            ExprKind::Call { function, args } => match function.last().as_str() {
                "print_r" | "var_dump" | "var_export" => self.print_r(expr, args),
                "error_reporting" | "ini_set" | "date_default_timezone_set" => Ok(()),
                _ => Err(self.unknown(expr)),
            },
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => {
                let method = method.name().unwrap_or_default().to_ascii_lowercase();
                match (&object.kind, method.as_str(), &**args) {
                    (_, "setmeta", [meta]) => self.set_meta(object, &meta.value),
                    (ExprKind::Variable(name), "wait", _) if self.is_promise(name) => {
                        self.fulfil(name, expr.span).map(drop)
                    }
                    (ExprKind::Variable(name), "then" | "otherwise" | "wait", _)
                        if self
                            .scope
                            .get(name)
                            .is_some_and(|known| known.ty == Ty::Response) =>
                    {
                        Ok(())
                    }
                    (ExprKind::Variable(name), method, args) if self.is_stack(name) => {
                        self.edit_stack(name, method, expr, args)
                    }
                    (_, "rewind" | "seek" | "tell", _) if self.looks_into_file(object) => Ok(()),
                    _ => Err(self.unknown(expr)),
                }
            }
            // `$tmp->tell() && $tmp->rewind();`
            ExprKind::Binary {
                op: BinaryOp::And,
                left,
                right,
            } if self.moves_in_file(left) && self.moves_in_file(right) => Ok(()),
            _ => Err(self.unknown(expr)),
        }
    }

    /// Whether a call's root may be a client: not an answer or an error.
    pub(crate) fn is_client(&self, root: &Php) -> bool {
        match &root.kind {
            ExprKind::Variable(name) => self
                .scope
                .get(name)
                .is_none_or(|known| matches!(known.ty, Ty::Client | Ty::ClientRef | Ty::Nothing)),
            _ => true,
        }
    }

    pub(crate) fn is_stack(&self, name: &str) -> bool {
        let known = self.scope.get(name);
        known.is_some_and(|known| matches!(known.ty, Ty::Stack { .. }))
    }

    pub(crate) fn is_promise(&self, name: &str) -> bool {
        self.promises.iter().any(|(known, _)| known == name)
    }

    /// The body of an answer that went into a file.
    pub(crate) fn looks_into_file(&self, expr: &Php) -> bool {
        matches!(&expr.kind, ExprKind::Variable(name)
            if self.scope.get(name).is_some_and(|known| known.ty == Ty::Body(String::new())))
    }

    pub(crate) fn moves_in_file(&self, expr: &Php) -> bool {
        matches!(&expr.kind, ExprKind::MethodCall { object, .. } if self.looks_into_file(object))
    }

    pub(crate) fn branches(
        &mut self,
        stmt: &'a Stmt,
        branches: &'a [(Php, Vec<Stmt>)],
        otherwise: Option<&'a [Stmt]>,
    ) -> Outcome<()> {
        if let [(condition, _)] = branches
            && otherwise.is_none()
            && self.asks_for_refusal(condition)
        {
            self.note("A refusal that comes in the file's place is an `Err` of kind `Api` here.");
            return Ok(());
        }
        let [(condition, body), more @ ..] = branches else {
            return Err(foreign(stmt, "this `if`"));
        };
        if more.len() > MOST {
            return Err(foreign(stmt, "so many `elseif`s"));
        }
        let last = |body: &[Stmt]| body.last().map_or(stmt.span.start, |stmt| stmt.span.end);
        let head = self.condition(condition)?;
        let end = match (more.first(), otherwise.and_then(<[_]>::first)) {
            (Some((condition, _)), _) => condition.span.start,
            (None, Some(stmt)) => stmt
                .span
                .start
                .min(body.last().map_or(0, |stmt| stmt.span.end)),
            (None, None) => stmt.span.end,
        };
        let after = last(body);
        let answers = self.answers;
        self.answers += usize::from(self.asks_for_answer(condition).is_some());
        let body = self.within(Kind::Branch, after, |porter| porter.inner(body, end));
        self.answers = answers;
        let body = body?;
        let otherwise = match (more, otherwise) {
            ([], None) => None,
            ([], Some(body)) => {
                let end = stmt.span.end;
                Some(self.within(Kind::Branch, end, |porter| porter.inner(body, end))?)
            }
            (more, otherwise) => Some(
                self.nested(|porter| porter.branches(stmt, more, otherwise))?
                    .1,
            ),
        };
        self.push(Node::Block {
            head,
            body,
            otherwise,
            close: "",
        });
        Ok(())
    }

    /// `'<xml>' === $first`, of a file's first bytes.
    pub(crate) fn asks_for_refusal(&self, condition: &Php) -> bool {
        let ExprKind::Binary { left, right, .. } = &condition.kind else {
            return false;
        };
        let side = |expr: &Php| {
            matches!(&expr.kind, ExprKind::Variable(name)
                if self.scope.get(name).is_some_and(|known| known.ty == Ty::Nothing))
        };
        side(left) || side(right)
    }

    /// `if …`, as Rust asks it.
    pub(crate) fn condition(&mut self, condition: &'a Php) -> Outcome<String> {
        if let Some(error) = self.asks_for_answer(condition) {
            return Ok(format!("if let Some(api) = {error}.api()"));
        }
        Ok(format!("if {}", self.truth(condition)?.bare()))
    }

    /// `$e instanceof RequestException && $e->hasResponse()`
    pub(crate) fn asks_for_answer(&self, condition: &Php) -> Option<String> {
        let error = |expr: &Php| match &expr.kind {
            ExprKind::Variable(name) => {
                let known = self.scope.get(name)?;
                (known.ty == Ty::Error).then(|| known.rust.clone())
            }
            _ => None,
        };
        match &condition.kind {
            ExprKind::Binary {
                op: BinaryOp::And,
                left,
                right,
            } => self
                .asks_for_answer(left)
                .and_then(|one| self.asks_for_answer(right).filter(|other| *other == one)),
            ExprKind::Binary {
                op: BinaryOp::InstanceOf,
                left,
                ..
            } => error(left),
            ExprKind::MethodCall { object, method, .. }
                if method
                    .name()
                    .is_some_and(|name| name.eq_ignore_ascii_case("hasResponse")) =>
            {
                error(object)
            }
            _ => None,
        }
    }

    pub(crate) fn each(
        &mut self,
        stmt: &'a Stmt,
        subject: &'a Php,
        value: &'a Php,
        body: &'a [Stmt],
    ) -> Outcome<()> {
        let ExprKind::Variable(name) = &value.kind else {
            return Err(foreign(stmt, "a `foreach` that takes values apart"));
        };
        let subject = self.value(subject, &Ty::Json)?;
        if !matches!(subject.ty, Ty::Json | Ty::JsonRef) {
            return Err(foreign(stmt, "a `foreach` over this"));
        }
        let rust = self.name(name);
        let end = stmt.span.end;
        let body = self.within(Kind::Loop, end, |porter| {
            porter.sets(name, value.span)?;
            let variable = Variable::new(rust.clone(), Ty::JsonRef);
            porter.scope.set(name, variable);
            porter.inner(body, end)
        })?;
        self.push(Node::Block {
            head: format!(
                "for {rust} in {}.as_array().into_iter().flatten()",
                subject.expr.flat()
            ),
            body,
            otherwise: None,
            close: "",
        });
        Ok(())
    }
}

/// How many `elseif`s follow one another; each is a block within the one before.
const MOST: usize = 32;

fn foreign(stmt: &Stmt, what: &str) -> Problem {
    Problem::error(stmt.span, format!("the porter does not know {what}"))
        .hint("write this part in Rust")
}

/// Whether a block makes asynchronous calls, or waits for promises.
pub(crate) fn is_async(text: &str) -> bool {
    let verbs = [
        "getAsync",
        "postAsync",
        "putAsync",
        "patchAsync",
        "deleteAsync",
    ];
    verbs.iter().any(|verb| mentions(text, verb))
}

/// Whether a block builds its client.
pub(crate) fn builds_client(text: &str) -> bool {
    mentions(text, "factory") && mentions(text, "Builder")
}
