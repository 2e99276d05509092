//! The method's reply: `SUCCESS` or not.

use super::Known;
use super::part::is_pure;
use crate::hir::tree::{Answer, Expr, ExprKind, Function, Notified, Stmt, StmtKind};

/// Calls that only set up the answer.
const SETTINGS: [&str; 5] = [
    "header",
    "http_response_code",
    "statusCode",
    "format",
    "setStatusCode",
];

/// Turns all answers of a method into the reader's; nothing where one of them is something else.
pub(super) fn answers(function: &mut Function, known: &Known<'_>) -> Option<()> {
    let span = function.span;
    let left = list(&mut function.body, known)?;
    if let Some(answer) = left {
        function.body.push(Stmt {
            span,
            kind: StmtKind::Answer(answer),
        });
    }
    refusals(&mut function.body);
    crate::hir::ends(&function.body).then_some(())
}

/// Where the notification was not accepted, the reader's own reply says so.
fn refusals(body: &mut [Stmt]) {
    for stmt in body {
        if let StmtKind::If(branches, _) = &mut stmt.kind {
            for (condition, body) in branches {
                if matches!(&*condition.kind, ExprKind::Notified(Notified::Untrusted))
                    && let Some(last) = body.last_mut()
                    && matches!(last.kind, StmtKind::Answer(_))
                {
                    last.kind = StmtKind::Answer(Answer::Done);
                }
            }
        }
        for (body, _) in stmt.bodies_mut() {
            refusals(body);
        }
    }
}

/// A list of statements; gives the answer that was printed and not yet left with.
fn list(body: &mut Vec<Stmt>, known: &Known<'_>) -> Option<Option<Answer>> {
    let mut made: Vec<Stmt> = Vec::new();
    let mut printed: Option<Answer> = None;
    for mut stmt in std::mem::take(body) {
        let span = stmt.span;
        let answer = |answer| Stmt {
            span,
            kind: StmtKind::Answer(answer),
        };
        match &stmt.kind {
            StmtKind::Echo(values) => {
                let [value] = &**values else {
                    return None;
                };
                printed = Some(known.answer(value)?);
            }
            StmtKind::Return(Some(value)) => made.push(answer(known.answer(value)?)),
            StmtKind::Exit(Some(value)) if !matches!(*value.kind, ExprKind::Int(_)) => {
                made.push(answer(known.answer(value)?));
            }
            StmtKind::Return(None) | StmtKind::Exit(_) => made.push(answer(printed.take()?)),
            StmtKind::Expr(expr) if sets_up(expr) => {}
            // Something is done after the answer was printed: PHP does it, and a reply ends the method.
            _ if printed.is_some() => return None,
            _ => {
                for (inner, again) in stmt.bodies_mut() {
                    if let Some(answer) = list(inner, known)? {
                        if again {
                            return None;
                        }
                        // Printed at the end of a block, and nothing follows: see below.
                        inner.push(Stmt {
                            span,
                            kind: StmtKind::Answer(answer),
                        });
                    }
                }
                made.push(stmt);
            }
        }
    }
    *body = made;
    Some(printed)
}

fn sets_up(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Foreign(foreign) => {
            let last = foreign.words.last().map_or("", String::as_str);
            SETTINGS.contains(&last) && foreign.args.iter().all(is_pure)
        }
        _ => false,
    }
}

impl Known<'_> {
    /// The meaning of a value to WeChat Pay.
    fn answer(&self, expr: &Expr) -> Option<Answer> {
        let expr = self.resolved(expr);
        match &*expr.kind {
            ExprKind::Text(text) => of_text(text),
            ExprKind::Array(_) => self.of_members(expr),
            ExprKind::Builtin("json_encode", args) => self.answer(args.first()?),
            ExprKind::Foreign(foreign) => {
                let texts = foreign.args.iter().find_map(|arg| self.answer(arg));
                let harmless = foreign.args.iter().all(|arg| self.is_harmless(arg));
                if !harmless {
                    return None;
                }
                let last = foreign.words.last()?.as_str();
                texts.or_else(|| self.of_status(last, &foreign.args))
            }
            _ => None,
        }
    }

    /// `['code' => 'SUCCESS', …]`
    fn of_members(&self, expr: &Expr) -> Option<Answer> {
        let ExprKind::Array(entries) = &*expr.kind else {
            return None;
        };
        if !entries.iter().all(|entry| self.is_harmless(&entry.value)) {
            return None;
        }
        let code = entries.iter().find(|entry| {
            let key = entry.key.as_ref().map(|key| &*key.kind);
            matches!(key, Some(ExprKind::Text(key)) if key == "code")
        })?;
        match &*self.resolved(&code.value).kind {
            ExprKind::Text(code) => of_code(code),
            _ => None,
        }
    }

    /// `response('', 204)`, `response()->noContent()`
    fn of_status(&self, last: &str, args: &[Expr]) -> Option<Answer> {
        let mut status = (last == "noContent").then_some(204);
        for arg in args {
            match &*arg.kind {
                ExprKind::Int(number) => status = Some(*number),
                ExprKind::Text(text) if text.is_empty() => {}
                ExprKind::Null => {}
                _ => return None,
            }
        }
        match status? {
            200 | 204 => Some(Answer::Done),
            400..=599 => Some(Answer::Failed),
            _ => None,
        }
    }

    /// The parts that a reply can leave out: they change nothing.
    fn is_harmless(&self, expr: &Expr) -> bool {
        match &*expr.kind {
            ExprKind::OfThrown(_, inner) => is_pure(inner),
            ExprKind::Concat(pieces) => pieces.iter().all(|piece| self.is_harmless(piece)),
            ExprKind::Array(entries) => entries.iter().all(|entry| self.is_harmless(&entry.value)),
            _ => is_pure(expr),
        }
    }
}

fn of_code(code: &str) -> Option<Answer> {
    match code.to_ascii_uppercase().as_str() {
        "SUCCESS" => Some(Answer::Done),
        "FAIL" | "FAILED" | "ERROR" | "SIGN_ERROR" | "SYSTEM_ERROR" => Some(Answer::Failed),
        _ => None,
    }
}

/// A text that is the answer: the code, or its JSON.
fn of_text(text: &str) -> Option<Answer> {
    if let Some(answer) = of_code(text.trim()) {
        return Some(answer);
    }
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    of_code(json["code"].as_str()?)
}
