//! Which variables hold bytes that are only read as base64, and which keys are only used as keys.
//!
//! PHP's functions of OpenSSL set raw bytes, which no text of Rust holds. A variable that is only read by `base64_encode`
//! holds the base64 in Rust.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::{
    self, Arg, BinaryOp, Closure, ExprKind as PhpKind, Part, StmtKind as PhpStmt, UnaryOp,
};

/// How a function uses variables and calls of OpenSSL.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// The variables whose bytes are only read as base64.
    pub(super) encoded: BTreeSet<String>,
    /// Where a call begins that reads a key which is only used as a key.
    pub(super) keys: BTreeSet<usize>,
    /// Where a call begins whose bytes become base64 in the next statement, and where that statement begins.
    pub(super) recoded: BTreeSet<usize>,
    /// The variables whose decoded base64 is only verified or decrypted: they keep the base64.
    pub(super) decoded: BTreeSet<String>,
}

impl Raw {
    pub(super) fn of<'s>(statements: impl Iterator<Item = &'s syntax::Stmt> + Clone) -> Self {
        let mut mentions = Mentions::default();
        mentions.statements(statements);
        let Mentions {
            all,
            encoded,
            as_key,
            bytes,
            given,
            mut keys,
            recoded,
            decodes,
            opaque,
            ..
        } = mentions;
        let only = |name: &String, some: &BTreeMap<String, usize>| {
            !opaque && all.get(name) == some.get(name)
        };
        let own = given.into_iter().filter(|(name, _)| only(name, &as_key));
        keys.extend(own.map(|(_, span)| span));
        let bytes = bytes.into_iter();
        let decodes = decodes.into_iter();
        let decoded = decodes.filter(|(name, count)| !opaque && all.get(name) == Some(count));
        Self {
            decoded: decoded.map(|(name, _)| name).collect(),
            encoded: bytes.filter(|name| only(name, &encoded)).collect(),
            keys,
            recoded,
        }
    }
}

impl Raw {
    /// The base64 of what is verified or decrypted.
    pub(super) fn base64<'s>(&self, value: &'s syntax::Expr) -> Option<&'s syntax::Expr> {
        match &value.kind {
            PhpKind::Variable(name) if self.decoded.contains(name) => Some(value),
            _ => decoded(value),
        }
    }
}

#[derive(Default)]
struct Mentions {
    /// How often each variable is mentioned.
    all: BTreeMap<String, usize>,
    /// How often as bytes that are set, encoded or emptied.
    encoded: BTreeMap<String, usize>,
    /// How often as a key that is read, used or freed.
    as_key: BTreeMap<String, usize>,
    /// The variables that are set to bytes.
    bytes: BTreeSet<String>,
    /// The variables that are given a key, and where the call that reads it begins.
    given: Vec<(String, usize)>,
    /// Calls that read a key where it is used or given back.
    keys: BTreeSet<usize>,
    /// `openssl_sign(.., $sign, ..);` that `$sign = base64_encode($sign);` follows.
    recoded: BTreeSet<usize>,
    /// `$signature = base64_decode(..);` behind which it is only verified or decrypted: how often it is mentioned then.
    decodes: Vec<(String, usize)>,
    /// How often each variable is what is verified or decrypted.
    checked: BTreeMap<String, usize>,
    /// How often a statement sets each variable to decoded base64.
    redecoded: BTreeMap<String, usize>,
    /// Whether variables are used by names that only a run tells.
    opaque: bool,
    /// How many closures stand around.
    depth: usize,
}

impl Mentions {
    fn statements<'s>(&mut self, statements: impl Iterator<Item = &'s syntax::Stmt> + Clone) {
        self.recodes(statements.clone());
        if self.depth == 0 {
            self.decodes(statements.clone());
        }
        for stmt in statements {
            match &stmt.kind {
                PhpStmt::Foreach { key, value, .. } => {
                    key.iter().for_each(|key| self.expr(key));
                    self.expr(value);
                }
                PhpStmt::Return(Some(value)) => self.key(value),
                PhpStmt::If { branches, .. } => {
                    branches
                        .iter()
                        .for_each(|(condition, _)| self.truth(condition));
                }
                PhpStmt::Expr(expr) => self.redecodes(expr),
                PhpStmt::Unsupported { .. } => self.opaque = true,
                _ => {}
            }
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Body(body) => self.statements(body.iter()),
                }
            }
        }
    }

    /// Finds what becomes base64 at once. A key may be freed in between.
    fn recodes<'s>(&mut self, statements: impl Iterator<Item = &'s syntax::Stmt>) {
        let mut set: Option<(&str, usize)> = None;
        for stmt in statements {
            let PhpStmt::Expr(expr) = &stmt.kind else {
                set = None;
                continue;
            };
            set = match (&expr.kind, set) {
                (PhpKind::Call { function, args }, set) => {
                    match (function.last().as_str(), &**args) {
                        ("openssl_sign" | "openssl_public_encrypt", [_, bytes, ..]) => {
                            variable(&bytes.value).map(|name| (name, expr.span.start))
                        }
                        ("openssl_free_key" | "openssl_pkey_free", [_]) => set,
                        _ => None,
                    }
                }
                (
                    PhpKind::Assign {
                        target,
                        op: None,
                        value,
                    },
                    Some((name, from)),
                ) => {
                    if variable(target) == Some(name) && encoded(value) == Some(name) {
                        self.recoded.extend([from, expr.span.start]);
                    }
                    None
                }
                _ => None,
            };
        }
    }

    /// Finds what is decoded and then only verified or decrypted, in the same statements.
    fn decodes<'s>(&mut self, statements: impl Iterator<Item = &'s syntax::Stmt> + Clone) {
        let mut rest = statements;
        while let Some(stmt) = rest.next() {
            let PhpStmt::Expr(expr) = &stmt.kind else {
                continue;
            };
            let Some((target, value)) = expr.assignment() else {
                continue;
            };
            let (Some(name), Some(text)) = (variable(target), decoded(value)) else {
                continue;
            };
            let (mut before, mut behind) = (Self::default(), Self::default());
            before.expr(text);
            // A list within this one has been looked at when its turn came.
            behind.depth = 1;
            behind.statements(rest.clone());
            let count = |counts: &BTreeMap<String, usize>| counts.get(name).copied().unwrap_or(0);
            // It may be decoded again.
            if count(&behind.all) == count(&behind.checked) + count(&behind.redecoded) {
                let all = 1 + count(&before.all) + count(&behind.all);
                self.decodes.push((name.to_owned(), all));
            }
        }
    }

    fn redecodes(&mut self, expr: &syntax::Expr) {
        if let Some((target, value)) = expr.assignment()
            && let Some(name) = variable(target).filter(|_| decoded(value).is_some())
        {
            *self.redecoded.entry(name.to_owned()).or_default() += 1;
        }
    }

    fn expr(&mut self, expr: &syntax::Expr) {
        match &expr.kind {
            PhpKind::Variable(name) => *self.all.entry(name.clone()).or_default() += 1,
            PhpKind::Unsupported { .. } => self.opaque = true,
            PhpKind::Closure(closure) => self.closure(closure),
            PhpKind::Assign {
                target,
                op: None,
                value,
            } => match (&target.kind, &value.kind) {
                (PhpKind::Variable(name), PhpKind::Null) => self.is_encoded(name),
                (PhpKind::Variable(name), PhpKind::String(text)) if text.is_empty() => {
                    self.is_encoded(name);
                }
                (PhpKind::Variable(name), _) if read_key(value).is_some() => {
                    *self.as_key.entry(name.clone()).or_default() += 1;
                    self.given.push((name.clone(), value.span.start));
                }
                _ => {}
            },
            PhpKind::Call { function, args } => self.call(&function.last(), args),
            PhpKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.truth(operand),
            PhpKind::Binary { op, left, right } => match op {
                BinaryOp::And | BinaryOp::Or => {
                    [left, right].into_iter().for_each(|side| self.truth(side))
                }
                BinaryOp::Identical
                | BinaryOp::NotIdentical
                | BinaryOp::Equal
                | BinaryOp::NotEqual
                    if matches!(right.kind, PhpKind::Bool(false)) =>
                {
                    self.truth(left);
                }
                _ => {}
            },
            _ => {}
        }
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child));
    }

    fn closure(&mut self, closure: &Closure) {
        for capture in &closure.uses {
            *self.all.entry(capture.name.clone()).or_default() += 1;
        }
        self.depth += 1;
        self.statements(closure.body.iter());
        self.depth -= 1;
    }

    fn call(&mut self, name: &str, args: &[Arg]) {
        match (name, args) {
            ("compact" | "extract" | "get_defined_vars" | "parse_str", _) => self.opaque = true,
            ("base64_encode", [arg]) => {
                if let Some(name) = variable(&arg.value) {
                    self.is_encoded(name);
                }
            }
            ("unset", args) => {
                for name in args.iter().filter_map(|arg| variable(&arg.value)) {
                    self.is_encoded(name);
                }
            }
            ("openssl_free_key" | "openssl_pkey_free", [arg]) => self.key(&arg.value),
            ("openssl_sign" | "openssl_public_encrypt", [_, bytes, key, ..]) => {
                if let Some(name) = variable(&bytes.value) {
                    self.is_encoded(name);
                    self.bytes.insert(name.to_owned());
                }
                self.key(&key.value);
            }
            ("openssl_verify", [_, checked, key, ..])
            | ("openssl_private_decrypt", [checked, _, key, ..]) => {
                self.checks(&checked.value);
                self.key(&key.value);
            }
            ("strlen", [checked]) => self.checks(&checked.value),
            ("openssl_decrypt", args) => args.iter().for_each(|arg| self.checks(&arg.value)),
            (name, [checked, _, _, _]) if is_sodium(name) || name == GCM => {
                self.checks(&checked.value);
            }
            _ => {}
        }
    }

    fn checks(&mut self, value: &syntax::Expr) {
        if let Some(name) = variable(value) {
            *self.checked.entry(name.to_owned()).or_default() += 1;
        }
    }

    fn is_encoded(&mut self, name: &str) {
        if self.depth == 0 {
            *self.encoded.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// A key that was not read is false.
    fn truth(&mut self, value: &syntax::Expr) {
        if variable(value).is_some() {
            self.key(value);
        }
    }

    fn key(&mut self, value: &syntax::Expr) {
        match variable(value) {
            Some(name) if self.depth == 0 => {
                *self.as_key.entry(name.to_owned()).or_default() += 1;
            }
            _ if read_key(value).is_some() => drop(self.keys.insert(value.span.start)),
            _ => {}
        }
    }
}

/// The variable of `base64_encode($bytes)`.
fn encoded(value: &syntax::Expr) -> Option<&str> {
    match &value.kind {
        PhpKind::Call { function, args } if function.last() == "base64_encode" => match &**args {
            [bytes] => variable(&bytes.value),
            _ => None,
        },
        _ => None,
    }
}

/// The text of `base64_decode($text)`.
pub(super) fn decoded(value: &syntax::Expr) -> Option<&syntax::Expr> {
    match &value.kind {
        PhpKind::Call { function, args } if function.last() == "base64_decode" => match &**args {
            [text] => Some(&text.value),
            _ => None,
        },
        _ => None,
    }
}

/// The function of the table that does here what a function does that reads a key.
pub(super) fn key_reader(name: &str) -> Option<&'static str> {
    match name {
        "openssl_pkey_get_private" | "openssl_get_privatekey" => Some("private_key_or_false"),
        "openssl_pkey_get_public" | "openssl_get_publickey" => Some("public_key_or_false"),
        _ => None,
    }
}

/// `openssl_decrypt` of a ciphertext with its tag, which `gcm` makes of PHP's statements. No function has this name.
pub(in crate::hir) const GCM: &str = "openssl_decrypt with its tag";

/// Whether a function decrypts as WeChat Pay encrypts, and its first argument is the ciphertext with its tag.
pub(super) fn is_sodium(name: &str) -> bool {
    matches!(
        name,
        "sodium_crypto_aead_aes256gcm_decrypt" | "crypto_aead_aes256gcm_decrypt"
    )
}

fn read_key(value: &syntax::Expr) -> Option<&'static str> {
    match &value.kind {
        PhpKind::Call { function, .. } => key_reader(&function.last()),
        _ => None,
    }
}

pub(super) fn variable(value: &syntax::Expr) -> Option<&str> {
    match &value.kind {
        PhpKind::Variable(name) => Some(name),
        _ => None,
    }
}
