//! The parts of the request that are read: headers, the raw body, members of the body.

use super::Known;
use crate::hir::Ty;
use crate::hir::tree::{Crypto, Expr, ExprKind, Foreign, Notified};
use crate::syntax::BinaryOp;

/// How PHP's frameworks name the raw body.
const BODIES: [&str; 7] = [
    "getContent",
    "getContents",
    "getBody",
    "getInput",
    "getRawBody",
    "rawBody",
    "content",
];
/// How they name one header.
const HEADERS: [&str; 6] = [
    "get",
    "getHeader",
    "getHeaderLine",
    "header",
    "headers",
    "server",
];
/// How they name what is configured.
const SETTINGS: [&str; 4] = ["config", "env", "getenv", "params"];
/// How they name the request and its headers, which are properties.
const REQUESTS: [&str; 2] = ["headers", "request"];
/// How far a clock may differ, in seconds: the library's own limit.
const WINDOW: i64 = 300;

impl Known<'_> {
    /// `Rsa::verify(Formatter::joinedByLineFeed($timestamp, $nonce, $body), $signature, $key)`
    pub(super) fn verifies(&self, args: &[Expr]) -> bool {
        let [text, signature, key] = args else {
            return false;
        };
        let signed = self.signed(text);
        let [timestamp, nonce, body] = &*signed else {
            return false;
        };
        self.is_header(timestamp, "timestamp")
            && self.is_header(nonce, "nonce")
            && self.is_body(body)
            && self.is_header(signature, "signature")
            && is_pure(self.resolved(key))
    }

    /// The three texts that are signed.
    fn signed(&self, text: &Expr) -> Vec<Expr> {
        match &*self.resolved(text).kind {
            ExprKind::Builtin("joined_by_line_feed", args) => {
                match args.first().map(|args| &*args.kind) {
                    Some(ExprKind::Array(entries)) => {
                        entries.iter().map(|entry| entry.value.clone()).collect()
                    }
                    _ => Vec::new(),
                }
            }
            ExprKind::Concat(pieces) => {
                let (values, breaks): (Vec<_>, Vec<_>) = pieces.iter().partition(
                    |piece| !matches!(&*piece.kind, ExprKind::Text(text) if text == "\n"),
                );
                let placed = pieces.iter().skip(1).step_by(2);
                let placed = placed
                    .filter(|piece| matches!(&*piece.kind, ExprKind::Text(_)))
                    .count();
                if breaks.len() == 3 && placed == 3 {
                    values.into_iter().cloned().collect()
                } else {
                    Vec::new()
                }
            }
            _ => Vec::new(),
        }
    }

    /// `AesGcm::decrypt($resource['ciphertext'], $key, $resource['nonce'], $resource['associated_data'])`
    pub(super) fn opens(&self, args: &[Expr]) -> bool {
        let [ciphertext, key, nonce, aad @ ..] = args else {
            return false;
        };
        let member = |expr: &Expr, name: &str| {
            self.path(expr)
                .is_some_and(|path| path == ["resource", name])
        };
        member(ciphertext, "ciphertext")
            && member(nonce, "nonce")
            && aad.len() == 1
            && member(&aad[0], "associated_data")
            && is_pure(self.resolved(key))
    }

    /// The way from the body's JSON to a member.
    fn path(&self, expr: &Expr) -> Option<Vec<String>> {
        match &*self.resolved(expr).kind {
            ExprKind::Builtin("json_decode_array" | "json_decode", args) => {
                self.is_body(args.first()?).then(Vec::new)
            }
            ExprKind::Index(of, name) => {
                let mut path = self.path(of)?;
                let ExprKind::Text(name) = &*name.kind else {
                    return None;
                };
                path.push(name.clone());
                Some(path)
            }
            ExprKind::ToArray(inner) | ExprKind::Cast(Ty::Text, inner) => self.path(inner),
            ExprKind::Coalesce(inner, other) if other.is_literal() => self.path(inner),
            _ => None,
        }
    }

    /// The part of the request or of the decrypted resource that an expression reads.
    pub(super) fn part(&self, expr: &Expr) -> Option<Notified> {
        match &*expr.kind {
            ExprKind::Builtin("json_decode_array", args) => {
                let plain = self.resolved(args.first()?);
                matches!(&*plain.kind, ExprKind::Crypto(Crypto::Open, _))
                    .then_some(Notified::Resource)
            }
            ExprKind::Crypto(Crypto::Open, _) => Some(Notified::Plain),
            ExprKind::Foreign(_) if self.is_raw_body(expr) => Some(Notified::Body),
            ExprKind::Cast(Ty::Text, inner) if self.is_raw_body(inner) => Some(Notified::Body),
            ExprKind::Foreign(_) | ExprKind::Index(..) => self.header(expr).map(Notified::Header),
            _ => None,
        }
    }

    fn is_body(&self, expr: &Expr) -> bool {
        match &*self.resolved(expr).kind {
            ExprKind::Cast(Ty::Text, inner) => self.is_body(inner),
            _ => self.is_raw_body(self.resolved(expr)),
        }
    }

    fn is_raw_body(&self, expr: &Expr) -> bool {
        let ExprKind::Foreign(foreign) = &*expr.kind else {
            return false;
        };
        let last = foreign.words.last().map_or("", String::as_str);
        match (last, &*foreign.args) {
            ("file_get_contents", [path]) => {
                matches!(&*path.kind, ExprKind::Text(path) if path == "php://input")
            }
            (name, []) => foreign.words.len() > 1 && BODIES.contains(&name),
            // `$this->request->getContent()` with the object as an argument.
            (name, [object]) => BODIES.contains(&name) && is_place(object),
            _ => false,
        }
    }

    fn is_header(&self, expr: &Expr, name: &str) -> bool {
        let expr = self.resolved(expr);
        match &*expr.kind {
            ExprKind::Cast(Ty::Text | Ty::Int, inner) => self.is_header(inner, name),
            ExprKind::Coalesce(inner, other) if other.is_literal() => self.is_header(inner, name),
            _ => self
                .header(expr)
                .is_some_and(|found| found == format!("Wechatpay-{}", capital(name))),
        }
    }

    /// The header that an expression reads, if it is one of WeChat Pay's.
    fn header(&self, expr: &Expr) -> Option<String> {
        let name = match &*expr.kind {
            ExprKind::Foreign(foreign) => self.called_header(foreign)?,
            ExprKind::Index(of, index) => match (&*self.resolved(of).kind, &*index.kind) {
                (_, ExprKind::Int(0)) => return self.header(of),
                (ExprKind::Foreign(foreign), ExprKind::Text(name)) if is_all(foreign) => {
                    name.clone()
                }
                _ => return None,
            },
            _ => return None,
        };
        let name = name.to_ascii_lowercase().replace('_', "-");
        let name = name.strip_prefix("http-").unwrap_or(&name);
        let own = name.strip_prefix("wechatpay-")?;
        let known = [
            "signature",
            "timestamp",
            "nonce",
            "serial",
            "signature-type",
        ];
        known
            .contains(&own)
            .then(|| format!("Wechatpay-{}", capital(own)))
    }

    fn called_header(&self, foreign: &Foreign) -> Option<String> {
        let last = foreign.words.last()?;
        if !HEADERS.contains(&last.as_str()) {
            return None;
        }
        let mut args = foreign.args.iter();
        let mut first = args.next()?;
        if is_place(first) {
            first = args.next()?;
        }
        let rest_is_literal = args.all(Expr::is_literal);
        match &*first.kind {
            ExprKind::Text(name) if rest_is_literal => Some(name.clone()),
            _ => None,
        }
    }

    /// Whether an expression compares the time of the notification with now: `true` asks whether it is fresh.
    pub(super) fn is_check_of_time(&self, expr: &Expr) -> Option<bool> {
        match &*expr.kind {
            ExprKind::Binary(op, one, other) => {
                if self.is_age(one) && is_window(other) {
                    fresh(*op)
                } else if is_window(one) && self.is_age(other) {
                    fresh(turned(*op))
                } else {
                    None
                }
            }
            ExprKind::Method(name, args) => {
                let methods = &self.class?.methods;
                let method = methods
                    .iter()
                    .find(|method| method.name.eq_ignore_ascii_case(name))?;
                let [argument] = &**args else {
                    return None;
                };
                let [stmt] = &*method.body else {
                    return None;
                };
                let crate::hir::tree::StmtKind::Return(Some(value)) = &stmt.kind else {
                    return None;
                };
                let mut value = value.clone();
                with_argument(&mut value, method.params.first()?.local, argument);
                self.is_check_of_time(&value)
            }
            _ => None,
        }
    }

    /// `abs(time() - (int) $timestamp)`
    fn is_age(&self, expr: &Expr) -> bool {
        let ExprKind::Builtin("abs", args) = &*self.resolved(expr).kind else {
            return false;
        };
        let Some(ExprKind::Binary(BinaryOp::Sub, one, other)) = args.first().map(|arg| &*arg.kind)
        else {
            return false;
        };
        let is_now =
            |expr: &Expr| matches!(&*self.resolved(expr).kind, ExprKind::Builtin("time", _));
        let is_then = |expr: &Expr| self.is_header(expr, "timestamp");
        (is_now(one) && is_then(other)) || (is_then(one) && is_now(other))
    }
}

/// Puts an argument in the place of a parameter.
fn with_argument(expr: &mut Expr, param: usize, argument: &Expr) {
    if matches!(&*expr.kind, ExprKind::Local(local) if *local == param) {
        *expr = argument.clone();
        return;
    }
    for child in expr.children_mut() {
        with_argument(child, param, argument);
    }
}

fn is_window(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Int(seconds) => *seconds == WINDOW,
        ExprKind::Binary(BinaryOp::Mul, one, other) => match (&*one.kind, &*other.kind) {
            (ExprKind::Int(one), ExprKind::Int(other)) => one.checked_mul(*other) == Some(WINDOW),
            _ => false,
        },
        _ => false,
    }
}

fn fresh(op: BinaryOp) -> Option<bool> {
    match op {
        BinaryOp::Less | BinaryOp::LessEqual => Some(true),
        BinaryOp::Greater | BinaryOp::GreaterEqual => Some(false),
        _ => None,
    }
}

fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        other => other,
    }
}

/// `getallheaders()`, `$_SERVER`
fn is_all(foreign: &Foreign) -> bool {
    let last = foreign.words.last().map_or("", String::as_str);
    foreign.args.is_empty() && ["getallheaders", "apache_request_headers", "server"].contains(&last)
}

/// Whether a call only reads a setting.
pub(in crate::hir) fn is_setting(foreign: &Foreign) -> bool {
    let words = [foreign.words.first(), foreign.words.last()];
    let mut words = words.into_iter().flatten();
    words.any(|word| SETTINGS.contains(&word.as_str()))
}

/// An object that a call is made on.
fn is_place(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Local(_) | ExprKind::Field(_) => true,
        ExprKind::Index(of, name) => is_place(of) && name.is_literal(),
        ExprKind::Foreign(foreign) => is_application(foreign),
        _ => false,
    }
}

/// `Yii::$app`
fn is_application(foreign: &Foreign) -> bool {
    foreign.args.is_empty() && foreign.receiver.is_none() && foreign.words == ["app"]
}

/// Whether an expression may be left out: it only reads constants, settings or the request.
pub(super) fn is_pure(expr: &Expr) -> bool {
    let own = match &*expr.kind {
        ExprKind::Foreign(foreign) => {
            let last = foreign.words.last().map_or("", String::as_str);
            is_setting(foreign)
                || is_all(foreign)
                || is_application(foreign)
                || (foreign.args.is_empty() && REQUESTS.contains(&last))
        }
        // It throws where the notification cannot be decrypted.
        ExprKind::Notified(part) => *part != Notified::Resource,
        ExprKind::Array(_)
        | ExprKind::And(..)
        | ExprKind::Binary(..)
        | ExprKind::Bool(_)
        | ExprKind::Builtin(..)
        | ExprKind::Cast(..)
        | ExprKind::ClassConst(_)
        | ExprKind::Coalesce(..)
        | ExprKind::Concat(_)
        | ExprKind::Crypto(Crypto::PublicKey, _)
        | ExprKind::Field(_)
        | ExprKind::FileConst(_)
        | ExprKind::Float(_)
        | ExprKind::Index(..)
        | ExprKind::Int(_)
        | ExprKind::Local(_)
        | ExprKind::Not(_)
        | ExprKind::Null
        | ExprKind::Or(..)
        | ExprKind::Text(_)
        | ExprKind::ToArray(_) => true,
        _ => false,
    };
    own && expr
        .clone()
        .children_mut()
        .into_iter()
        .all(|child| is_pure(child))
}

/// `signature-type` is `Signature-Type`.
fn capital(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(1.min(word.len()));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    words.collect::<Vec<_>>().join("-")
}
