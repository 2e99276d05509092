//! The printed parts of a response.

use crate::syntax::{BinaryOp, Cast, Expr, ExprKind};

/// A piece of PHP that prints.
#[derive(Debug, Clone)]
pub struct Show<'a> {
    /// The variable of the answer, where it is one; a promise's `wait()` needs none.
    pub answer: Option<&'a str>,
    /// The printed part.
    pub shown: Shown<'a>,
}

/// The printed value.
#[derive(Debug, Clone)]
pub enum Shown<'a> {
    /// `json_decode((string) $response->getBody())`
    Json,
    /// `Transformer::toArray((string) $response->getBody())`
    Xml,
    /// `(string) $response->getBody()`
    Text,
    /// `$response->getStatusCode()`
    Status,
    /// `$response->getStatusCode() === 204`
    StatusIs(i64),
    /// Something else.
    Other(&'a Expr),
}

impl<'a> Show<'a> {
    /// What `print_r(…)`, `var_dump(…)`, `var_export(…)` or `print …` shows.
    #[must_use]
    pub fn of(expr: &'a Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Print(shown) => Some(Self::value(shown)),
            ExprKind::Call { function, args } => match (function.last().as_str(), &**args) {
                ("print_r" | "var_dump" | "var_export", [arg]) => Some(Self::value(&arg.value)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The part of a response that a printed value is.
    #[must_use]
    pub fn value(expr: &'a Expr) -> Self {
        let (answer, shown) = status(expr)
            .or_else(|| body(expr))
            .unwrap_or((None, Shown::Other(expr)));
        Self { answer, shown }
    }
}

type Found<'a> = (Option<&'a str>, Shown<'a>);

fn status(expr: &Expr) -> Option<Found<'_>> {
    let code = |expr| Some((Some(getter(expr, "getstatuscode")?), Shown::Status));
    match &expr.kind {
        ExprKind::Binary {
            op: BinaryOp::Identical | BinaryOp::Equal,
            left,
            right,
        } => {
            let (code, number) = match (&left.kind, &right.kind) {
                (_, ExprKind::Int(number)) => (left, number),
                (ExprKind::Int(number), _) => (right, number),
                _ => return None,
            };
            Some((
                Some(getter(code, "getstatuscode")?),
                Shown::StatusIs(*number),
            ))
        }
        _ => code(expr),
    }
}

fn body(expr: &Expr) -> Option<Found<'_>> {
    match &expr.kind {
        ExprKind::Call { function, args } if function.last() == "json_decode" => {
            Some((Some(body_text(&args.first()?.value)?), Shown::Json))
        }
        ExprKind::StaticCall {
            class,
            method,
            args,
        } if class.is("WeChatPay\\Transformer") && method.eq_ignore_ascii_case("toArray") => {
            Some((Some(body_text(&args.first()?.value)?), Shown::Xml))
        }
        _ => Some((Some(body_text(expr)?), Shown::Text)),
    }
}

/// `(string) $response->getBody()`, `$response->getBody()->getContents()`, `$response->getBody()`
fn body_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Cast {
            to: Cast::String,
            value,
        } => getter(value, "getbody"),
        ExprKind::MethodCall {
            object,
            method,
            args,
        } if args.is_empty() => match method.name()?.to_ascii_lowercase().as_str() {
            "getcontents" | "__tostring" => getter(object, "getbody"),
            _ => getter(expr, "getbody"),
        },
        _ => None,
    }
}

/// The variable before `->name()`.
fn getter<'a>(expr: &'a Expr, name: &str) -> Option<&'a str> {
    match &expr.kind {
        ExprKind::MethodCall {
            object,
            method,
            args,
        } if args.is_empty() && method.name()?.eq_ignore_ascii_case(name) => match &object.kind {
            ExprKind::Variable(variable) => Some(variable),
            _ => None,
        },
        _ => None,
    }
}
