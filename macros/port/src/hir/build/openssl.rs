//! PHP's own functions of OpenSSL that do what `Rsa` of the SDK does: signatures, encryption with OAEP, and the keys for
//! them.

use super::bytes::{decoded, is_sodium, key_reader, variable};
use super::{Builder, refused};
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Catch, Crypto, Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{self, Arg, BinaryOp, ExprKind as PhpKind, Span, WholeExpr};

impl<'a> Builder<'a> {
    /// A call of one of these functions that gives a value.
    pub(super) fn openssl(&mut self, span: Span, name: &str, args: &'a [Arg]) -> Option<Expr> {
        if args.iter().any(|arg| arg.name.is_some()) {
            return None;
        }
        match (name, args) {
            ("base64_encode" | "bin2hex", [arg]) if bytes_of(&arg.value).is_some() => {
                let (bytes, given) = bytes_of(&arg.value)?;
                let function = match (name, bytes) {
                    ("base64_encode", "hex2bin") => "base64_of_hex2bin",
                    ("base64_encode", _) => "random_base64",
                    (_, "random_bytes") => "random_hex",
                    _ => return None,
                };
                let given = vec![self.expr(given)];
                Some(Expr::new(span, ExprKind::Builtin(function, given)))
            }
            ("base64_encode", [arg]) if decoded(&arg.value).is_some() => {
                let given = vec![self.expr(decoded(&arg.value)?)];
                Some(Expr::new(span, ExprKind::Builtin("base64_again", given)))
            }
            ("base64_encode", [arg]) => {
                let own = variable(&arg.value)?;
                let encoded = self.held.raw.encoded.contains(own) && self.is_own(own);
                encoded.then(|| {
                    let text = self.expr(&arg.value);
                    Expr::new(span, ExprKind::Cast(Ty::Text, text))
                })
            }
            ("openssl_verify", [text, signature, key, rest @ ..]) => {
                let Some(signature) = self.held.raw.base64(&signature.value) else {
                    return Some(bytes(span, name, "Rsa::verify"));
                };
                if !is_sha256(rest) {
                    return Some(algorithm(span, name));
                }
                let args = [&text.value, signature, &key.value];
                let args = args.into_iter().map(|arg| self.expr(arg)).collect();
                Some(Expr::new(span, ExprKind::Crypto(Crypto::PhpVerify, args)))
            }
            ("openssl_sign" | "openssl_public_encrypt" | "openssl_private_decrypt", _) => {
                let set = self.set_bytes(span, name, args, false);
                if matches!(*set.kind, ExprKind::Refused(_)) {
                    return Some(set);
                }
                let message = format!("`{name}` in an expression whose value counts");
                let problem = Problem::error(span, message)
                    .hint("write it as a statement, or as the condition of an `if`");
                Some(Expr::new(span, ExprKind::Refused(problem)))
            }
            ("strlen", [arg]) => {
                let own = variable(&arg.value)?;
                let decoded = self.held.raw.decoded.contains(own) && self.is_own(own);
                decoded.then(|| {
                    let args = vec![self.expr(&arg.value)];
                    Expr::new(span, ExprKind::Builtin("base64_length", args))
                })
            }
            (name, [text, rest @ ..]) if rest.len() == 3 && is_sodium(name) => {
                let Some(text) = self.held.raw.base64(&text.value) else {
                    return Some(bytes(span, name, "AesGcm::decrypt"));
                };
                let rest = rest.iter().map(|arg| &arg.value);
                let args = std::iter::once(text).chain(rest);
                let args = args.map(|arg| self.expr(arg)).collect();
                Some(Expr::new(span, ExprKind::Builtin("sodium_decrypt", args)))
            }
            (super::bytes::GCM, [text, rest @ ..]) => {
                let Some(text) = self.held.raw.base64(&text.value) else {
                    return Some(bytes(span, "openssl_decrypt", "AesGcm::decrypt"));
                };
                let rest = rest.iter().map(|arg| &arg.value);
                let args = std::iter::once(text).chain(rest);
                let args = args.map(|arg| self.expr(arg)).collect();
                Some(Expr::new(
                    span,
                    ExprKind::Builtin("openssl_decrypt_gcm", args),
                ))
            }
            ("openssl_decrypt", _) => self.openssl_decrypt(span, args),
            ("openssl_encrypt", [_, _, _, options, ..])
                if !matches!(options.value.kind, PhpKind::Int(0)) =>
            {
                Some(raw(span, name, "use `AesGcm::encrypt`"))
            }
            _ => self.key_of(span, name, args),
        }
    }

    /// `openssl_decrypt(..)` is the application's. Bytes that were decoded are given to it as base64, and its name says so.
    fn openssl_decrypt(&mut self, span: Span, args: &'a [Arg]) -> Option<Expr> {
        let text = args
            .get(3)
            .is_none_or(|options| matches!(options.value.kind, PhpKind::Int(0)));
        let first = self.held.raw.base64(&args.first()?.value);
        if first.is_none() {
            return (!text).then(|| bytes(span, "openssl_decrypt", "AesGcm::decrypt"));
        }
        let words = vec!["openssl_decrypt".to_owned(), "base64".to_owned()];
        let args = args.iter().map(|arg| {
            let encoded = self.held.raw.base64(&arg.value);
            self.expr(encoded.unwrap_or(&arg.value))
        });
        let args = args.collect();
        Some(self.foreign(span, words, None, args))
    }

    /// A key that is only used as a key: its text, or false where it cannot be read.
    fn key_of(&mut self, span: Span, name: &str, args: &'a [Arg]) -> Option<Expr> {
        let reader = key_reader(name)?;
        if !self.held.raw.keys.contains(&span.start) || args.is_empty() {
            return None;
        }
        if args.len() > 1 {
            let message = format!("`{name}` with a passphrase");
            let problem =
                Problem::error(span, message).hint("use `Rsa::from([$key, $passphrase])`");
            return Some(Expr::new(span, ExprKind::Refused(problem)));
        }
        let args = self.args(args)?;
        Some(Expr::new(span, ExprKind::Builtin(reader, args)))
    }

    /// Such a call as a statement: one that cannot be made throws.
    pub(super) fn openssl_statement(
        &mut self,
        span: Span,
        expr: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let one = |expr| vec![Stmt::expr(span, expr)];
        match &expr.kind {
            PhpKind::Call { function, args } => match function.last().as_str() {
                // An earlier signature stays where the key cannot be read.
                "openssl_sign" if self.loops > 0 || self.is_set_before(args) => {
                    let (stmts, _) = self.attempt(expr)?;
                    Some(stmts)
                }
                "openssl_free_key" | "openssl_pkey_free" => {
                    let plain = matches!(&**args, [arg] if variable(&arg.value).is_some());
                    plain.then(Vec::new)
                }
                name if sets_bytes(name) => Some(one(self.set_bytes(span, name, args, false))),
                _ => None,
            },
            PhpKind::Assign { .. } if self.held.raw.recoded.contains(&span.start) => {
                Some(Vec::new())
            }
            // `$done = openssl_sign(…);`
            PhpKind::Assign {
                target,
                op: None,
                value,
            } => {
                let name = variable(target)?;
                if let Some(text) = decoded(value).filter(|_| self.held.raw.decoded.contains(name))
                {
                    let value = self.expr(text);
                    let value = Expr::new(span, ExprKind::Cast(Ty::Text, value));
                    self.kinds.insert(name.to_owned(), Ty::Text);
                    return Some(one(match self.place(target) {
                        Ok(place) => Expr::new(span, ExprKind::Assign(place, value)),
                        Err(refused) => refused,
                    }));
                }
                // `$text = openssl_sign(…) ? base64_encode($sign) : '';`
                if let PhpKind::Ternary {
                    condition,
                    then: Some(then),
                    otherwise,
                } = &value.kind
                {
                    let (mut stmts, done) = self.openssl_condition(condition)?;
                    let (then, otherwise) = (self.expr(then), self.expr(otherwise));
                    let kind = ExprKind::Ternary(done, Some(then), otherwise);
                    let value = Expr::new(value.span, kind);
                    stmts.extend(one(match self.place(target) {
                        Ok(place) => Expr::new(span, ExprKind::Assign(place, value)),
                        Err(refused) => refused,
                    }));
                    return Some(stmts);
                }
                let (mut stmts, done) = self.attempt(value)?;
                let place = match self.place(target) {
                    Ok(place) => place,
                    Err(refused) => return Some(one(refused)),
                };
                self.kinds.insert(name.to_owned(), Ty::Bool);
                stmts.extend(one(Expr::new(span, ExprKind::Assign(place, done))));
                Some(stmts)
            }
            _ => None,
        }
    }

    /// Whether the variable of the signature was mentioned before.
    fn is_set_before(&self, args: &[Arg]) -> bool {
        let target = args.get(1).and_then(|arg| variable(&arg.value));
        target.is_some_and(|name| self.by_name.contains_key(name))
    }

    /// The condition of an `if` that makes such a call: what is done before the `if`, and the condition.
    pub(super) fn openssl_condition(
        &mut self,
        condition: &'a syntax::Expr,
    ) -> Option<(Vec<Stmt>, Expr)> {
        if self.is_open() {
            return None;
        }
        match &condition.kind {
            PhpKind::Unary { operand, .. } if is_not(condition) => {
                let (stmts, done) = self.openssl_condition(operand)?;
                Some((stmts, Expr::new(condition.span, ExprKind::Not(done))))
            }
            _ => self.attempt(condition),
        }
    }

    /// A call that gives false where it cannot be made.
    fn attempt(&mut self, call: &'a syntax::Expr) -> Option<(Vec<Stmt>, Expr)> {
        let PhpKind::Call { function, args } = &call.kind else {
            return None;
        };
        let (span, name) = (call.span, function.last());
        if !sets_bytes(&name) {
            return None;
        }
        let set = self.set_bytes(span, &name, args, true);
        let done = match name.as_str() {
            "openssl_sign" => "signed",
            "openssl_public_encrypt" => "encrypted",
            _ => "decrypted",
        };
        let mut done = done.to_owned();
        while self.by_name.contains_key(&done) || !self.is_own(&done) {
            done.push_str("_now");
        }
        let done = self.local(&done);
        let place = || Place {
            root: Root::Local(done),
            path: Vec::new(),
        };
        let assign = |kind| {
            let value = Expr::new(span, kind);
            let kind = StmtKind::Expr(Expr::new(span, ExprKind::Assign(place(), value)));
            Stmt { span, kind }
        };
        let plain = args.iter().all(|arg| is_plain(&arg.value));
        let set = if plain {
            set
        } else {
            refused(
                span,
                format!("`{name}` as a condition with arguments that may throw"),
            )
        };
        let kind = StmtKind::Expr(set);
        let attempt = StmtKind::Try {
            body: vec![Stmt { span, kind }, assign(ExprKind::Bool(true))],
            catches: vec![Catch {
                classes: vec!["UnexpectedValueException".to_owned()],
                variable: None,
                body: self.kept(span, args),
            }],
            finally: None,
        };
        let first = assign(ExprKind::Bool(false));
        let kind = attempt;
        let stmts = vec![first, Stmt { span, kind }];
        Some((stmts, Expr::new(span, ExprKind::Local(done))))
    }

    /// Keeps the value of the variable where the call fails; the next statement encodes it.
    fn kept(&mut self, span: Span, args: &[Arg]) -> Vec<Stmt> {
        let target = args.get(1).and_then(|arg| variable(&arg.value));
        let Some(name) = target.filter(|_| self.held.raw.recoded.contains(&span.start)) else {
            return Vec::new();
        };
        let local = self.local(name);
        let before = Expr::new(span, ExprKind::Local(local));
        let Some(value) = crate::hir::function(span, "base64_encode", vec![before]) else {
            return Vec::new();
        };
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        let assign = Expr::new(span, ExprKind::Assign(place, value));
        vec![Stmt::expr(span, assign)]
    }

    /// `openssl_sign($text, $signature, $key, 'sha256WithRSAEncryption')` and its kin, as an assignment.
    /// Where it `must` be set, a key that cannot be read throws.
    fn set_bytes(&mut self, span: Span, name: &str, args: &'a [Arg], must: bool) -> Expr {
        let [first, target, key, rest @ ..] = args else {
            return refused(span, format!("`{name}` with these arguments"));
        };
        let Some(set) = variable(&target.value).filter(|set| *set != "this" && self.is_own(set))
        else {
            return refused(
                span,
                format!("`{name}` that sets something else than a variable"),
            );
        };
        let (kind, instead) = match name {
            "openssl_sign" => (Crypto::Sign, "Rsa::sign"),
            "openssl_public_encrypt" => (Crypto::Encrypt, "Rsa::encrypt"),
            _ => (Crypto::Decrypt, "Rsa::decrypt"),
        };
        let known = match kind {
            Crypto::Sign => is_sha256(rest),
            _ => is_oaep(rest),
        };
        if !known {
            return algorithm(span, name);
        }
        let first = if kind == Crypto::Decrypt {
            match self.held.raw.base64(&first.value) {
                Some(text) => text,
                None => return bytes(span, name, instead),
            }
        } else if self.held.raw.encoded.contains(set) || self.held.raw.recoded.contains(&span.start)
        {
            &first.value
        } else {
            return bytes(span, name, instead);
        };
        let kind = match kind {
            Crypto::Sign if !must => Crypto::PhpSign,
            kind => kind,
        };
        let mut args = vec![self.expr(first), self.expr(&key.value)];
        if kind != Crypto::PhpSign {
            args.push(Expr::new(span, ExprKind::Bool(true)));
        }
        let value = Expr::new(span, ExprKind::Crypto(kind, args));
        let place = Place {
            root: Root::Local(self.local(set)),
            path: Vec::new(),
        };
        self.kinds.insert(set.to_owned(), Ty::Text);
        Expr::new(span, ExprKind::Assign(place, value))
    }
}

/// The argument of a call that gives raw bytes, and its function.
fn bytes_of(value: &syntax::Expr) -> Option<(&'static str, &syntax::Expr)> {
    let PhpKind::Call { function, args } = &value.kind else {
        return None;
    };
    let [Arg { name: None, value }] = &**args else {
        return None;
    };
    match function.last().as_str() {
        "hex2bin" => Some(("hex2bin", value)),
        "random_bytes" => Some(("random_bytes", value)),
        _ => None,
    }
}

fn sets_bytes(name: &str) -> bool {
    matches!(
        name,
        "openssl_sign" | "openssl_public_encrypt" | "openssl_private_decrypt"
    )
}

fn bytes(span: Span, name: &str, instead: &str) -> Expr {
    let hint = format!(
        "use `{instead}`, or read the bytes only with `base64_encode` and write them as `base64_decode(..)`"
    );
    raw(span, name, &hint)
}

fn raw(span: Span, name: &str, hint: &str) -> Expr {
    let message = format!("`{name}` with raw bytes, which no text holds");
    Expr::new(
        span,
        ExprKind::Refused(Problem::error(span, message).hint(hint)),
    )
}

fn algorithm(span: Span, name: &str) -> Expr {
    let message = format!("`{name}` with another algorithm than WeChat Pay's");
    let hint = "WeChat Pay takes signatures of OPENSSL_ALGO_SHA256 and encryption with OPENSSL_PKCS1_OAEP_PADDING";
    Expr::new(
        span,
        ExprKind::Refused(Problem::error(span, message).hint(hint)),
    )
}

fn is_sha256(rest: &[Arg]) -> bool {
    let [algorithm] = rest else {
        return false;
    };
    match &algorithm.value.kind {
        PhpKind::String(name) => matches!(
            name.to_ascii_lowercase().as_str(),
            "sha256" | "sha256withrsaencryption" | "rsa-sha256"
        ),
        PhpKind::Constant(name) => name.last() == "openssl_algo_sha256",
        PhpKind::Int(number) => *number == 7,
        _ => false,
    }
}

fn is_oaep(rest: &[Arg]) -> bool {
    let [padding] = rest else {
        return false;
    };
    match &padding.value.kind {
        PhpKind::Constant(name) => name.last() == "openssl_pkcs1_oaep_padding",
        PhpKind::Int(number) => *number == 4,
        _ => false,
    }
}

fn is_not(expr: &syntax::Expr) -> bool {
    matches!(&expr.kind, PhpKind::Unary { op, .. } if *op == syntax::UnaryOp::Not)
}

/// Whether an expression calls nothing.
fn is_plain(value: &syntax::Expr) -> bool {
    let plain = match &value.kind {
        PhpKind::Variable(_)
        | PhpKind::String(_)
        | PhpKind::Int(_)
        | PhpKind::Constant(_)
        | PhpKind::ClassConstant { .. }
        | PhpKind::Interpolated(_)
        | PhpKind::Index { .. } => true,
        PhpKind::Call { .. } => decoded(value).is_some(),
        PhpKind::Binary { op, .. } => *op == BinaryOp::Concat,
        PhpKind::Property { .. } => super::class::property(value, None).is_some(),
        PhpKind::Whole(whole) => matches!(**whole, WholeExpr::StaticProperty(..)),
        _ => false,
    };
    plain && value.children().into_iter().all(is_plain)
}
